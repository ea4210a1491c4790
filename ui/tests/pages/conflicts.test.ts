// The conflicts: found, read, settled and taken back.
import type { Locator, Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { isHarmless } from "../harness/harmless";
import { picture } from "../harness/picture";
import { settled } from "../harness/wait";
import { onMock, test } from "../harness/window";

const OPEN = 24;

test("the newest is open, with what happened, who won and why, and what differs", async ({ open }) => {
  const { tab } = await open({ page: "conflicts" });
  await tab.getByRole("heading", { level: 2, name: "B-1001" }).waitFor();
  await tab.getByText("This record was changed in two places before they knew of each other.").waitFor();
  await tab.getByText("The later change won.").waitFor();
  const table = tab.getByRole("table", { name: "Both versions, field by field" });
  await table.getByRole("row", { name: /total.*125,000\.5.*118,000/ }).waitFor();
  expect(await table.getByText("Olive oil").count()).toBe(0);
  expect(await table.locator("tr.differs").count()).toBe(await table.getByText("Different").count());
  await tab.getByRole("button", { name: /^Show \d+ fields that are the same$/ }).click();
  await table.getByText("Olive oil 1 l").first().waitFor();
  await tab.getByRole("button", { name: "Show only what is different" }).click();
  await table.getByText("Olive oil 1 l").first().waitFor({ state: "detached" });
});

test("the other version is used only after the question was answered", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts" });
  const use = tab.getByRole("button", { name: "Use the other version" });
  await use.click();
  const question = tab.getByRole("dialog", { name: /Use the other version of .*B-1001/ });
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  expect(await calls("restore_conflict")).toEqual([]);
  await use.click();
  await question.getByRole("button", { name: "Use the other version" }).click();
  await tab.getByRole("heading", { level: 2, name: "B-1002" }).waitFor();
  expect(await calls("restore_conflict")).toEqual([{ id: "c0" }]);
  expect(await rows(tab, "B-1001").count()).toBe(0);
});

test("a version that cannot be used any more says so and the conflict stays", async ({ open }) => {
  const { tab } = await open({ page: "conflicts" });
  await onMock(tab, (mock) => {
    mock.fail("restore_conflict", { kind: "gone", field: null, text: "c0 is not there any more" });
  });
  await tab.getByRole("button", { name: "Use the other version" }).click();
  await tab.getByRole("dialog").getByRole("button", { name: "Use the other version" }).click();
  await tab.getByText("This is not there any more.").waitFor();
  await tab.getByRole("heading", { level: 2, name: "B-1001" }).waitFor();
});

test("keeping the version in use marks one as seen, and undo brings it back", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts" });
  await tab.getByRole("button", { name: "Keep as it is" }).click();
  await tab.getByText("1 conflict marked as seen.").waitFor();
  await tab.getByRole("heading", { level: 2, name: "B-1002" }).waitFor();
  await tab.getByRole("button", { name: "Undo" }).click();
  await rows(tab, "B-1001").waitFor();
  expect(await calls("mark_conflicts")).toEqual([
    { ids: ["c0"], seen: true },
    { ids: ["c0"], seen: false },
  ]);
});

test("all are marked as seen, and undo brings all back", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts" });
  await tab.getByRole("button", { name: "Mark all as seen" }).click();
  await tab.getByText(`${String(OPEN)} conflicts marked as seen.`).waitFor();
  await tab.getByRole("navigation").getByRole("button", { name: "Conflicts", exact: true }).waitFor();
  await expect.poll(() => rows(tab).filter({ hasText: "B-1" }).count()).toBe(0);
  await tab.getByRole("button", { name: "Undo" }).click();
  await rows(tab, "B-1001").waitFor();
  await tab.getByText(`${String(OPEN)} records were changed in two places.`).waitFor();
  expect(await calls("mark_conflicts")).toEqual([
    { ids: null, seen: true },
    { ids: null, seen: false },
  ]);
});

test("only those that were searched for are marked", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts" });
  await tab.getByRole("searchbox").fill("B-100");
  await expect.poll(async () => (await rows(tab).allInnerTexts()).every((text) => text.includes("B-100"))).toBe(true);
  const found = await rows(tab).count();
  expect(found).toBeGreaterThan(1);
  await tab.getByRole("button", { name: "Mark these as seen" }).click();
  await tab.getByText(`${String(found)} conflicts marked as seen.`).waitFor();
  const [marked] = await calls("mark_conflicts");
  expect(marked?.["ids"]).toHaveLength(found);
  const left = await onMock(tab, (mock) => mock.world.conflicts.filter(({ seen }) => !seen).length);
  expect(left).toBe(OPEN - found);
});

test("search and filters ask the backend, and what is not found is said", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts" });
  await tab.getByRole("combobox", { name: "Which list" }).selectOption("customers");
  await expect
    .poll(async () => (await calls("conflicts")).at(-1)?.["query"])
    .toMatchObject({ collection: "customers" });
  await expect.poll(() => rows(tab, "B-1").count()).toBe(0);
  await tab.getByRole("combobox", { name: "Which conflicts" }).selectOption("all");
  await expect.poll(async () => (await calls("conflicts")).at(-1)?.["query"]).toMatchObject({ filter: "all" });
  await tab.getByRole("searchbox").fill("no such record");
  await tab.getByText("Nothing found").waitFor();
});

test("typing in the search is not disturbed by news from elsewhere", async ({ open }) => {
  const { tab } = await open({ page: "conflicts" });
  await tab.getByRole("searchbox").focus();
  await tab.keyboard.type("Ba");
  await onMock(tab, async (mock) => {
    const [first] = mock.world.conflicts;
    if (first !== undefined) first.seen = true;
    await mock.changeStatus({ conflictsOpen: 23 });
    await mock.say("conflicts", null);
  });
  await tab.keyboard.type("sra");
  expect(await tab.getByRole("searchbox").inputValue()).toBe("Basra");
  await rows(tab, "Basra Foods").first().waitFor();
});

test("a conflict found meanwhile appears by itself and does not take the place of the one that is read", async ({
  open,
}) => {
  const { tab } = await open({ page: "conflicts" });
  await rows(tab, "B-1002").click();
  await tab.getByRole("heading", { level: 2, name: "B-1002" }).waitFor();
  await onMock(tab, (mock) => {
    const [first] = mock.world.conflicts;
    if (first !== undefined) mock.world.conflicts.unshift({ ...first, id: "new", label: "B-2000" });
    return mock.say("conflicts", null);
  });
  await rows(tab, "B-2000").waitFor();
  await settled(tab);
  expect(await tab.getByRole("heading", { level: 2 }).innerText()).toBe("B-1002");
});

test("a list that cannot be had says why", async ({ open }) => {
  const { tab } = await open();
  await onMock(tab, (mock) => {
    mock.fail("conflicts", { kind: "local-away", field: null, text: "connection refused" });
    return mock.say("page", "conflicts");
  });
  await tab.getByText("The database on this PC is not answering.").waitFor();
});

test.for([0, 1, 2])("hostile record %i is shown as text, in its question too", async (index, { open }) => {
  const window = await open({ page: "conflicts", scenario: "hostile" });
  const { tab } = window;
  await rows(tab).nth(index).click();
  await settled(tab);
  await isHarmless(window);
  await tab.getByRole("button", { name: "Use the other version" }).click();
  await tab.getByRole("dialog").waitFor();
  await picture(tab, `hostile-question-${String(index)}`);
  await isHarmless(window);
});

test.for(["en", "ar"] as const)(
  "what is typed in the search stays clear of its picture, %s",
  async (language, { open }) => {
    const { tab } = await open({ page: "conflicts", language });
    const room = await tab.getByRole("searchbox").evaluate((input) => {
      const picture = input.parentElement?.querySelector("svg")?.getBoundingClientRect();
      const { left, right } = input.getBoundingClientRect();
      const { paddingLeft, paddingRight } = getComputedStyle(input);
      if (picture === undefined) throw new Error("the search has no picture");
      return Math.max(left + parseFloat(paddingLeft) - picture.right, picture.left - right + parseFloat(paddingRight));
    });
    expect(room).toBeGreaterThanOrEqual(0);
  },
);

// The filters have options, too.
function rows(tab: Tab, name?: string): Locator {
  return tab.getByRole("listbox").getByRole("option", name === undefined ? {} : { name });
}
