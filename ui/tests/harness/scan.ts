// What a page says, and what of it should not be said.
import type { Page as Tab } from "playwright-core";
import { ALLOWED_ARABIC, ALLOWED_LATIN } from "./allowed";

const SPOKEN_ATTRIBUTES = ["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt"];

export async function texts(tab: Tab): Promise<string[]> {
  return tab.evaluate((attributes) => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const silent = node.parentElement?.closest("script, style, template") !== null;
      const text = node.textContent?.trim() ?? "";
      if (!silent && text !== "") found.push(text);
    }
    for (const name of attributes) {
      for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name) ?? "");
    }
    found.push(document.title);
    return found;
  }, SPOKEN_ATTRIBUTES);
}

// A message that has no text shows its ID, one with a missing argument shows `{$name}`, and a word of the wire that has
// no message shows itself.
export async function unspoken(tab: Tab): Promise<string[]> {
  const marks = /^[a-z]+(-[a-z0-9]+)+$|\{\$|\{[a-z-]+\}|\bundefined\b|\bnull\b|\bNaN\b|\[object|Infinity/;
  return (await texts(tab)).filter((text) => marks.test(text.replace(/[\u2066-\u2069]/g, "")));
}

// Words in the other script that came neither from the backend nor are names, and the other script's commas.
export async function foreign(tab: Tab, language: "en" | "ar"): Promise<string[]> {
  const answered = await answeredTexts(tab);
  const [word, allowed, stop] =
    language === "ar"
      ? [/\p{Script=Latin}{2,}/gu, ALLOWED_LATIN, /[,;?]/]
      : [/\p{Script=Arabic}{2,}/gu, ALLOWED_ARABIC, /[،؛؟]/];
  const known = new Set([...(answered.join("\n").match(word) ?? []), ...allowed].map((each) => each.toLowerCase()));
  return (await texts(tab)).filter((text) => {
    const ours = answered.reduce((rest, each) => rest.replaceAll(each, ""), text);
    return stop.test(ours) || (text.match(word) ?? []).some((each) => !known.has(each.toLowerCase()));
  });
}

// Everything the backend said, the longest first.
function answeredTexts(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => {
    const strings = new Set<string>();
    JSON.stringify(window.mock.answered, (_key, value: unknown) => {
      if (typeof value === "string" && value.length > 1) strings.add(value);
      return value;
    });
    return [...strings].sort((one, two) => two.length - one.length);
  });
}

// What is wider than its place, so that a person would have to scroll sideways.
export async function tooWide(tab: Tab): Promise<string[]> {
  return tab.evaluate(() =>
    [...document.querySelectorAll("*")]
      .filter((element) => {
        const scrolls = element === document.documentElement || /auto|scroll/.test(getComputedStyle(element).overflowX);
        return scrolls && element.scrollWidth > element.clientWidth + 1;
      })
      .map(
        (element) => `${element.tagName} ${element.className}: ${String(element.scrollWidth - element.clientWidth)} px`,
      ),
  );
}
