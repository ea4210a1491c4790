import { expect, test } from "vitest";
import { format } from "./catalogue";
import { direction, isolate, plain } from "./bidi";

test.each([
  ["Till 2", "en", "Till 2"],
  ["كاشير ٣", "ar", "كاشير ٣"],
  ["كاشير ٣", "en", "\u2068كاشير ٣\u2069"],
  ["Till 2", "ar", "\u2068Till 2\u2069"],
  ["12", "ar", "12"],
  ["bill\u202Egpj.exe\u2066", "en", "billgpj.exe"],
  ["25\u200f/11", "ar", "\u206825\u200f/11\u2069"],
  ["abc\u200f", "en", "\u2068abc\u200f\u2069"],
  ["bill\u2069", "ar", "\u2068bill\u2069"],
] as const)("%j in %s", (text, tongue, shown) => {
  expect(isolate(text, tongue)).toBe(shown);
});

test("a name stays in its place in a sentence of the other script", () => {
  expect(format("ar", "conflicts-won", { name: "Till 2" })).toBe("المستخدمة: \u2068Till 2\u2069");
});

test("what would turn the text around it is left out where an element isolates", () => {
  expect(plain("bill\u2069\u202Egpj.exe")).toBe("billgpj.exe");
  expect(plain("25\u200f/11")).toBe("25\u200f/11");
});

test("directions", () => {
  expect([direction("en"), direction("ar")]).toEqual(["ltr", "rtl"]);
});
