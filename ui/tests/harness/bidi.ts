// Texts whose direction marks could turn the words around them.
import type { Page as Tab } from "playwright-core";

export async function escaping(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => {
    // Each opened override, embedding or isolate closed in the same text, and none closed that was not opened.
    const isBalanced = (text: string): boolean => {
      let depth = 0;
      for (const mark of text.match(/[\u202A-\u202E\u2066-\u2069]/g) ?? []) {
        if (mark === "\u202C" || mark === "\u2069") depth -= 1;
        else depth += 1;
        if (depth < 0) return false;
      }
      return depth === 0;
    };
    // An element that isolates, or a block of its own, is where the effect of a mark ends.
    const isContained = (node: Node): boolean => {
      let alone = true;
      for (let element = node.parentElement; element !== null; element = element.parentElement) {
        alone &&= element.textContent.trim() === (node.textContent ?? "").trim();
        const { unicodeBidi, display } = getComputedStyle(element);
        if (/isolate|plaintext/.test(unicodeBidi) && element.tagName !== "HTML" && alone) return true;
        if (display !== "inline") return alone;
      }
      return false;
    };
    // Only a text that is a document's and nothing else may keep its marks: in a sentence they turn the words after it.
    const documents = new Set<string>();
    JSON.stringify(window.mock.answered, (_key, value: unknown) => {
      if (typeof value === "string") documents.add(value.trim());
      return value;
    });
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent ?? "";
      if (isBalanced(text) || (documents.has(text.trim()) && isContained(node))) continue;
      found.push(`${JSON.stringify(text)} in ${node.parentElement?.outerHTML.slice(0, 100) ?? ""}`);
    }
    return found;
  });
}

// Addresses that an Arabic sentence tears apart: a part that comes later in them stands further left.
export async function torn(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent ?? "";
      for (const { 0: address, index } of text.matchAll(/mongodb(\+srv)?:\/\//g)) {
        const leftOf = (at: number): number => {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          return range.getBoundingClientRect().left;
        };
        if (leftOf(index) > leftOf(index + address.length - 1)) found.push(text);
      }
    }
    return found;
  });
}
