import { describe, expect, test } from "vitest";
import { format, type Message, type Tongue } from "../../i18n/catalogue";
import type { HeldDeletions, Notice, WhichWay } from "../../lib/wire";
import { done, heldStill, heldWhat, oldestFirst, place, questions, toldOf, underWay } from "./held";

const held = (change: Partial<HeldDeletions>): HeldDeletions => ({
  collection: "bills",
  direction: "upload",
  count: 120,
  since: 0,
  ...change,
});
const said = (tongue: Tongue, { id, args }: Message): string => format(tongue, id, args);

describe("what happened, and what it means", () => {
  test.each<[WhichWay, number, string, string]>([
    ["upload", 120, "120 records of “bills” were deleted on this PC.", "They are still in the cloud"],
    ["upload", 1, "1 record of “bills” was deleted on this PC.", "It is still in the cloud"],
    ["upload", 0, "Many records of “bills” were deleted on this PC.", "They are still in the cloud"],
    ["download", 1_312, "1,312 records of “bills” were deleted in the cloud.", "They are still on this PC"],
    ["download", 1, "1 record of “bills” was deleted in the cloud.", "It is still on this PC"],
    ["download", 0, "Many records of “bills” were deleted in the cloud.", "They are still on this PC"],
  ])("%s, %i", (direction, count, title, still) => {
    expect(said("en", heldWhat(held({ direction, count })))).toBe(title);
    expect(said("en", heldStill(held({ direction, count })))).toMatch(new RegExp(`^${still}, and nothing is deleted`));
  });

  test.each<[WhichWay, number, string, string]>([
    ["upload", 0, "حُذفت سجلات كثيرة من «فواتير» على هذا الجهاز.", "ما زالت موجودة في السحابة"],
    ["upload", 1, "حُذف سجل واحد من «فواتير» على هذا الجهاز.", "ما زال موجودًا في السحابة"],
    ["upload", 2, "حُذف سجلان من «فواتير» على هذا الجهاز.", "ما زالا موجودين في السحابة"],
    ["download", 3, "حُذفت ٣ سجلات من «فواتير» في السحابة.", "ما زالت موجودة على هذا الجهاز"],
    ["download", 11, "حُذف ١١ سجلًا من «فواتير» في السحابة.", "ما زالت موجودة على هذا الجهاز"],
    ["download", 100, "حُذف ١٠٠ سجل من «فواتير» في السحابة.", "ما زالت موجودة على هذا الجهاز"],
  ])("%s, %i, in Arabic", (direction, count, title, still) => {
    expect(said("ar", heldWhat(held({ direction, count, collection: "فواتير" })))).toBe(title);
    expect(said("ar", heldStill(held({ direction, count })))).toMatch(new RegExp(`^${still}، ولن يُحذف`));
  });
});

test("how an answer ended", () => {
  expect([0, 1, 120].map((count) => said("en", done("restore", count)))).toEqual([
    "There was nothing to put back.",
    "1 record was put back.",
    "120 records were put back.",
  ]);
  expect([0, 1, 120].map((count) => said("en", done("apply", count)))).toEqual([
    "There was nothing left to delete.",
    "1 record is deleted everywhere.",
    "120 records are deleted everywhere.",
  ]);
  expect((["restore", "apply"] as const).map((answer) => said("en", underWay(answer)))).toEqual([
    "Putting them back…",
    "Deleting them…",
  ]);
});

test("the question before the deletion says how many and where", () => {
  const text = (tongue: Tongue, count: number): string => format(tongue, "problems-held-apply-text", { count });
  expect(text("en", 120)).toBe(
    "120 records are deleted in the cloud and on every PC. They cannot be put back afterwards.",
  );
  expect(text("en", 1)).toBe("1 record is deleted in the cloud and on every PC. It cannot be put back afterwards.");
  expect(text("ar", 120)).toBe("سيُحذف ١٢٠ سجلًا من السحابة ومن كل الأجهزة، ولن يمكن إعادتها بعد ذلك.");
});

test("a list that waits both ways is two questions, and the oldest comes first", () => {
  const all = [
    held({ since: 9 }),
    held({ since: 5, direction: "upload" }),
    held({ since: 5, direction: "download" }),
    held({ since: 1, collection: "customers" }),
  ];
  expect(oldestFirst(all).map(place)).toEqual(["upload customers", "download bills", "upload bills", "upload bills"]);
});

test("the status tells how many questions there are and when they are others", () => {
  const notice = (change: Partial<Notice>): Notice => ({ kind: "mass-deletion", text: "", about: "bills", ...change });
  const before = [notice({ count: 120 }), notice({ count: 3 }), { kind: "clock", text: "", count: 7 }];
  expect([questions(before), questions([])]).toEqual([2, 0]);
  expect(toldOf([notice({ count: 120 }), notice({ count: 3 })])).toBe(toldOf(before));
  for (const after of [
    [notice({ count: 120 })],
    [notice({ count: 120 }), notice({ count: 4 })],
    [notice({ count: 120 }), notice({ count: 3, about: "customers" })],
  ]) {
    expect(toldOf(after)).not.toBe(toldOf(before));
  }
});
