// Through a page with the Tab key alone.
import type { Page as Tab } from "playwright-core";

export type Walk = {
  // Controls that Tab came to, in order.
  reached: string[];
  // Controls that can be seen and used but that Tab did not come to.
  missed: string[];
  // Controls that do not show that they have the focus, or show it outside of the window.
  unseen: string[];
};

const STOPS_MAX = 300;

export async function walk(tab: Tab): Promise<Walk> {
  await tab.evaluate(prepare);
  const walked: Walk = { reached: [], missed: [], unseen: [] };
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await tab.keyboard.press("Tab");
    const here = await tab.evaluate(look);
    if (here === null) break;
    walked.reached.push(here.name);
    if (!here.visible) walked.unseen.push(here.name);
  }
  walked.missed = await tab.evaluate(() => window.walking.missed());
  return walked;
}

// Puts into the page what all steps need; the names are for the messages.
function prepare(): void {
  const CONTROLS = `a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=switch],
    [role=tab], [role=option], [role=checkbox], [role=radio], [role=menuitem], [role=slider]`;
  const GROUPS = "[role=radiogroup], [role=tablist], [role=listbox]";
  const visited = new Set<Element>();
  const name = (element: Element): string => {
    const label = element.getAttribute("aria-label") ?? element.textContent.trim().replaceAll(/\s+/g, " ");
    return `${element.tagName.toLowerCase()} ${element.getAttribute("name") ?? element.id} ${label.slice(0, 40)}`;
  };
  const isUsable = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) &&
    !element.matches(":disabled, [aria-disabled=true], [inert], [inert] *") &&
    // Where only a program puts the focus, and the members of a group that are reached with the arrow keys.
    !(element.matches("[tabindex='-1']") && (element.matches("main, h1") || element.closest(GROUPS) !== null));
  const isOtherRadio = (element: Element): boolean =>
    element instanceof HTMLInputElement &&
    element.type === "radio" &&
    [...visited].some(
      (each) => each instanceof HTMLInputElement && each.type === "radio" && each.name === element.name,
    );
  window.walking = {
    visited,
    name,
    missed: () =>
      [...document.querySelectorAll(CONTROLS)]
        .filter((element) => isUsable(element) && !visited.has(element) && !isOtherRadio(element))
        .map(name),
  };
  (document.activeElement as HTMLElement | null)?.blur();
}

// Null where the walk has left the page or is where it was before.
function look(): { name: string; visible: boolean } | null {
  const element = document.activeElement;
  if (element === null || element === document.body || window.walking.visited.has(element)) return null;
  window.walking.visited.add(element);
  const ringOf = (each: Element | null): boolean => {
    if (each === null) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  };
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
  const inside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && width > 0 && height > 0;
  // The ring of a hidden input is drawn around what stands for it.
  const ringed = ringOf(element) || ringOf(element.nextElementSibling) || ringOf(element.parentElement);
  return { name: window.walking.name(element), visible: inside && ringed && element.matches(":focus-visible") };
}

declare global {
  interface Window {
    walking: { visited: Set<Element>; name: (element: Element) => string; missed: () => string[] };
  }
}
