// Changes that could not be copied: why, tried again, discarded after a question, saved as a file.
import type { Locator, Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { onMock, test } from "../harness/window";

const CLASH = "Another record has the same number or name";

test("each kind has plain words and something to do", async ({ open }) => {
  const { tab } = await open({ page: "problems" });
  const titles = await tab.getByRole("article").getByRole("heading").allInnerTexts();
  expect(titles).toHaveLength(10);
  expect(new Set(titles).size).toBe(10);
  expect(await card(tab).innerText()).toContain("Give one of the two records another number or name");
  expect(await card(tab).getByText("E11000").isVisible()).toBe(false);
  await card(tab).getByText("Details for support").click();
  await card(tab).getByText("E11000").waitFor();
});

test("what Bomba's own checks said is in plain words, with the fields they name as they are", async ({ open }) => {
  const { tab } = await open({ page: "problems" });
  const refused = tab.getByRole("article").filter({ hasText: "Bomba’s own checks do not allow this record." });
  expect(await refused.locator(".fields .verbatim").allInnerTexts()).toEqual(["total", "items.0.price"]);
  expect(await refused.innerText()).toContain("to this PC");
  expect(await refused.getByText("a total is not negative").isVisible()).toBe(false);
  const clash = card(tab).locator(".fields");
  expect(await clash.count()).toBe(0);
  const arabic = (await open({ page: "problems", language: "ar" })).tab;
  const same = arabic.getByRole("article").filter({ hasText: "فحوصات Bomba الخاصة لا تسمح بهذا السجل." });
  expect(await same.locator(".fields .verbatim").allInnerTexts()).toEqual(["total", "items.0.price"]);
});

test("one is tried again", async ({ open }) => {
  const { tab, calls } = await open({ page: "problems" });
  await card(tab).getByRole("button", { name: "Try again" }).click();
  await card(tab).waitFor({ state: "detached" });
  await tab.getByText("1 change is tried again.").waitFor();
  expect(await calls("retry_problem")).toEqual([{ id: "p-clash" }]);
});

test("all are tried again, and then there are none", async ({ open }) => {
  const { tab, calls } = await open({ page: "problems" });
  await tab.getByRole("button", { name: "Try all again" }).click();
  await tab.getByText("No problems").waitFor();
  await tab.getByText("10 changes are tried again.").waitFor();
  expect(await calls("retry_problem")).toEqual([{ id: null }]);
});

test("one is discarded only after the question was answered", async ({ open }) => {
  const { tab, calls } = await open({ page: "problems" });
  await card(tab).getByRole("button", { name: "Discard" }).click();
  const question = tab.getByRole("dialog", { name: "Discard this change?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  expect(await calls("discard_problem")).toEqual([]);
  await card(tab).getByRole("button", { name: "Discard" }).click();
  await question.getByRole("button", { name: "Discard" }).click();
  await card(tab).waitFor({ state: "detached" });
  expect(await calls("discard_problem")).toEqual([{ id: "p-clash" }]);
});

test("a discard that fails says why and the problem stays", async ({ open }) => {
  const { tab } = await open({ page: "problems" });
  await onMock(tab, (mock) => {
    mock.fail("discard_problem", { kind: "local-away", field: null, text: "connection refused" });
  });
  await card(tab).getByRole("button", { name: "Discard" }).click();
  await tab.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await tab.getByRole("alert").getByText("The database on this PC is not answering.").waitFor();
  expect(await card(tab).count()).toBe(1);
});

test("all are saved as a file that can be shown", async ({ open }) => {
  const { tab, calls } = await open({ page: "problems" });
  await tab.getByRole("button", { name: "Save as a file" }).click();
  await tab.getByText("/home/shop/Documents/bomba-sync-problems.csv").waitFor();
  await tab.getByRole("button", { name: "Show the file" }).click();
  await expect.poll(() => calls("reveal")).toEqual([{ path: "/home/shop/Documents/bomba-sync-problems.csv" }]);
});

test("a problem that is solved elsewhere leaves by itself", async ({ open }) => {
  const { tab } = await open({ page: "problems" });
  await onMock(tab, (mock) => {
    mock.world.problems = mock.world.problems.filter(({ kind }) => kind !== "clash");
    return mock.changeStatus({ quarantined: 9 });
  });
  await card(tab).waitFor({ state: "detached" });
});

function card(tab: Tab): Locator {
  return tab.getByRole("article").filter({ hasText: CLASH });
}
