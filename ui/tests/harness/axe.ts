// What axe holds to be serious or worse, one line each.
import axe, { type AxeResults } from "axe-core";
import type { Page as Tab } from "playwright-core";

export async function serious(tab: Tab): Promise<string[]> {
  // Evaluated by the debugger, so the page's policy does not stand in the way.
  await tab.evaluate(axe.source);
  const { violations } = await tab.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`));
}
