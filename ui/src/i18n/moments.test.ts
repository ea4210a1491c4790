import { expect, test } from "vitest";
import { ago, duration, listed, moment, number } from "./moments";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = new Date(2026, 10, 24, 14, 32).getTime();

test.each([
  [-5 * SECOND, "now"],
  [9 * SECOND, "now"],
  [45 * SECOND, "45 seconds ago"],
  [MINUTE, "1 minute ago"],
  [2.9 * MINUTE, "2 minutes ago"],
  [23.9 * HOUR, "23 hours ago"],
  [24 * HOUR, "yesterday"],
  [72 * HOUR, "3 days ago"],
])("%i ms ago is %j", (span, words) => {
  expect(ago("en", NOW - span, NOW)).toBe(words);
});

test.each([
  [MINUTE, "قبل دقيقة واحدة"],
  [2 * MINUTE, "قبل دقيقتين"],
  [3 * MINUTE, "قبل ٣ دقائق"],
  [11 * MINUTE, "قبل ١١ دقيقة"],
])("%i ms ago in Arabic is %j", (span, words) => {
  expect(ago("ar", NOW - span, NOW)).toBe(words);
});

test.each([
  [0, "1 second"],
  [26.5 * SECOND, "27 seconds"],
  [59.6 * SECOND, "1 minute"],
  [90 * SECOND, "2 minutes"],
  [80 * MINUTE, "1 hour, 20 minutes"],
  [2 * HOUR, "2 hours"],
  [49 * HOUR, "2 days, 1 hour"],
])("%i ms take %j", (span, words) => {
  expect(duration("en", span)).toBe(words);
});

test("two minutes left, in Arabic", () => {
  expect(duration("ar", 2 * MINUTE)).toBe("دقيقتان");
});

test("today shows the time, other days the day too, other years the year too", () => {
  expect(moment("en", NOW - HOUR, NOW)).toBe("13:32");
  expect(moment("en", NOW - 48 * HOUR, NOW)).toBe("22 Nov, 14:32");
  expect(moment("en", NOW - 400 * 24 * HOUR, NOW)).toBe("20 Oct 2025, 14:32");
});

test("numbers in both languages", () => {
  expect(number("en", 18204)).toBe("18,204");
  expect(number("ar", 18204)).toBe("١٨٬٢٠٤");
  expect(number("en", 182.5, 15)).toBe("182.5");
});

test("names one after another", () => {
  expect([listed("en", ["bomba", "test"]), listed("en", ["bomba"]), listed("ar", ["bomba", "test"])]).toEqual([
    "bomba, test",
    "bomba",
    "bomba، test",
  ]);
});
