import { expect, test } from "vitest";
import { choose } from "./words.svelte";

test.each([
  ["system", ["ar-IQ", "en-US"], "ar"],
  ["system", ["de-DE", "en-US"], "en"],
  ["system", ["ku", "ar"], "ar"],
  ["system", [], "en"],
  ["ar", ["en-US"], "ar"],
  ["en", ["ar-EG"], "en"],
] as const)("%s with %j is %s", (setting, preferred, tongue) => {
  expect(choose(setting, preferred)).toBe(tongue);
});
