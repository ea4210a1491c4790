// Mass deletion: said on the overview, counted in the navigation, asked about and answered on the page of problems.
import type { Locator, Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { isHarmless } from "../harness/harmless";
import { picture } from "../harness/picture";
import { onMock, test } from "../harness/window";
import { MARKUP, OVERRIDE } from "../mock/shop/hostile";

const HERE = "120 records of “bills” were deleted on this PC.";
const THERE = "3 records of “bills” were deleted in the cloud.";
const CUSTOMERS = "1,312 records of “customers” were deleted in the cloud.";
const ASKED = { page: "problems", scenario: "mass-deletion" } as const;
const ALONE = { page: "problems", scenario: "empty,mass-deletion" } as const;

test("each question says what happened, where the records still are and since when, before the problems", async ({
  open,
}) => {
  const { tab } = await open(ASKED);
  const titles = await tab.getByRole("article").getByRole("heading").allInnerTexts();
  expect(titles.slice(0, 3)).toEqual([HERE, THERE, CUSTOMERS]);
  expect(titles).toHaveLength(13);
  await card(tab, HERE).getByText("They are still in the cloud").waitFor();
  await card(tab, THERE).getByText("They are still on this PC").waitFor();
  expect(await card(tab, HERE).innerText()).toMatch(/Waiting for your answer since .*\d\d:\d\d/);
});

test("in Arabic it reads and stands from right to left", async ({ open }) => {
  const { tab, calls } = await open({ ...ASKED, language: "ar" });
  const first = tab.getByRole("article").first();
  expect(plain(await first.getByRole("heading").innerText())).toBe("حُذف ١٢٠ سجلًا من «bills» على هذا الجهاز.");
  await first.getByText("ما زالت موجودة في السحابة").waitFor();
  const [restore, apply] = [first.getByRole("button", { name: "أعِد السجلات" }), first.getByRole("button").last()];
  expect((await restore.boundingBox())?.x).toBeGreaterThan((await apply.boundingBox())?.x ?? Infinity);
  await apply.click();
  const question = tab.getByRole("dialog");
  expect(plain(await question.innerText())).toContain("هل تريد حذف هذه السجلات من «bills» في كل مكان؟");
  await question.getByText("سيُحذف ١٢٠ سجلًا من السحابة ومن كل الأجهزة").waitFor();
  await picture(tab, "problems-mass-deletion-question-ar");
  await question.getByRole("button", { name: "احذفها في كل مكان" }).click();
  await tab.getByText("١٢٠ سجلًا تُحذف في كل مكان.").waitFor();
  expect(await calls("apply_deletions")).toEqual([{ collection: "bills", direction: "upload" }]);
});

test("they are put back without a further question", async ({ open }) => {
  const { tab, calls } = await open(ASKED);
  await putBack(card(tab, HERE)).click();
  await card(tab, HERE).waitFor({ state: "detached" });
  await tab.getByText("120 records were put back.").waitFor();
  expect(await calls("restore_deletions")).toEqual([{ collection: "bills", direction: "upload" }]);
  expect(await calls("apply_deletions")).toEqual([]);
  await picture(tab, "problems-mass-deletion-put-back");
});

test("a list that waits both ways is answered way by way", async ({ open }) => {
  const { tab, calls } = await open(ASKED);
  await putBack(card(tab, THERE)).click();
  await card(tab, THERE).waitFor({ state: "detached" });
  expect(await calls("restore_deletions")).toEqual([{ collection: "bills", direction: "download" }]);
  expect(await card(tab, HERE).count()).toBe(1);
});

test("they are deleted everywhere only after the question was answered", async ({ open }) => {
  const { tab, calls } = await open(ASKED);
  await deleteAll(card(tab, HERE)).click();
  const question = tab.getByRole("dialog", { name: "Delete these records of “bills” everywhere?" });
  await question.getByText("120 records are deleted in the cloud and on every PC.").waitFor();
  await picture(tab, "problems-mass-deletion-question-en");
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  expect(await calls("apply_deletions")).toEqual([]);
  await deleteAll(card(tab, HERE)).click();
  expect(await calls("apply_deletions")).toEqual([]);
  await question.getByRole("button", { name: "Delete them everywhere" }).click();
  await card(tab, HERE).waitFor({ state: "detached" });
  await tab.getByText("120 records are deleted everywhere.").waitFor();
  expect(await calls("apply_deletions")).toEqual([{ collection: "bills", direction: "upload" }]);
  expect(await calls("restore_deletions")).toEqual([]);
});

test("what is being done is said where it is done, and nothing can be pressed twice", async ({ open }) => {
  const { tab } = await open(ASKED);
  await onMock(tab, (mock) => {
    mock.hold("restore_deletions");
  });
  await putBack(card(tab, HERE)).click();
  await card(tab, HERE).getByText("Putting them back…").waitFor();
  expect(await card(tab, THERE).getByText("Putting them back…").count()).toBe(0);
  for (const title of [HERE, THERE]) {
    expect(await putBack(card(tab, title)).isDisabled()).toBe(true);
    expect(await deleteAll(card(tab, title)).isDisabled()).toBe(true);
  }
  await picture(tab, "problems-mass-deletion-busy");
  await onMock(tab, (mock) => {
    mock.release("restore_deletions");
  });
  await tab.getByText("120 records were put back.").waitFor();
  expect(await putBack(card(tab, THERE)).isEnabled()).toBe(true);
});

test("an answer that fails says why, and the question stays", async ({ open }) => {
  const { tab } = await open(ASKED);
  await onMock(tab, (mock) => {
    mock.fail("restore_deletions", { kind: "atlas-away", field: null, text: "connection refused" });
  });
  await putBack(card(tab, HERE)).click();
  await tab.getByRole("alert").getByText("The cloud is not answering.").waitFor();
  expect(await putBack(card(tab, HERE)).isEnabled()).toBe(true);
  expect(await tab.getByText("put back.").count()).toBe(0);
  await onMock(tab, (mock) => {
    mock.fail("restore_deletions", null);
  });
  await putBack(card(tab, HERE)).click();
  await tab.getByText("120 records were put back.").waitFor();
  expect(await tab.getByRole("alert").count()).toBe(0);
});

test("what waits by now is shown, in the open question too", async ({ open }) => {
  const { tab } = await open(ASKED);
  await deleteAll(card(tab, HERE)).click();
  await tab.getByRole("dialog").getByText("120 records are deleted").waitFor();
  await onMock(tab, (mock) => {
    const [first] = mock.world.held;
    if (first) first.count = 300;
    const notices = mock.world.status.notices.map((each) => (each.count === 120 ? { ...each, count: 300 } : each));
    return mock.changeStatus({ notices });
  });
  await tab.getByRole("dialog").getByText("300 records are deleted").waitFor();
});

test("one that is answered elsewhere leaves with its question, which does not open again by itself", async ({
  open,
}) => {
  const { tab, calls } = await open(ASKED);
  await deleteAll(card(tab, HERE)).click();
  await tab.getByRole("dialog").waitFor();
  await onMock(tab, (mock) => {
    mock.world.held = mock.world.held.filter(({ direction }) => direction === "download");
    return mock.changeStatus({ notices: mock.world.status.notices.slice(1) });
  });
  await card(tab, HERE).waitFor({ state: "detached" });
  await tab.getByRole("dialog").waitFor({ state: "detached" });
  await onMock(tab, (mock) => {
    mock.world.held.push({ collection: "bills", direction: "upload", count: 120, since: 0 });
    return mock.changeStatus({ notices: [] });
  });
  await card(tab, HERE).waitFor();
  expect(await tab.getByRole("dialog").count()).toBe(0);
  expect(await calls("apply_deletions")).toEqual([]);
});

test("there are no problems only when there is no question either", async ({ open }) => {
  const { tab } = await open(ALONE);
  expect(await tab.getByRole("article").count()).toBe(3);
  expect(await tab.getByText("No problems").count()).toBe(0);
  for (const title of [HERE, THERE, CUSTOMERS]) {
    await putBack(card(tab, title)).click();
    await card(tab, title).waitFor({ state: "detached" });
  }
  await tab.getByText("No problems").waitFor();
  await tab.getByText("1,312 records were put back.").waitFor();
});

test("where it cannot be told whether there is a question, nobody is told that there is none", async ({ open }) => {
  const { tab } = await open({ scenario: "empty" });
  await onMock(tab, (mock) => {
    mock.fail("held_deletions", { kind: "local-away", field: null, text: "connection refused" });
  });
  await tab.getByRole("navigation").getByRole("button", { name: "Problems" }).click();
  await tab.getByRole("alert").getByText("The database on this PC is not answering.").waitFor();
  expect(await tab.getByText("No problems").count()).toBe(0);
});

test("the navigation counts the questions among the problems", async ({ open }) => {
  const inNavigation = (tab: Tab): Promise<string> =>
    tab.getByRole("navigation").getByRole("button", { name: "Problems" }).innerText();
  expect(await inNavigation((await open(ASKED)).tab)).toContain("13 waiting for you");
  const { tab } = await open(ALONE);
  expect(await inNavigation(tab)).toContain("3 waiting for you");
  await putBack(card(tab, HERE)).click();
  await expect.poll(() => inNavigation(tab)).toContain("2 waiting for you");
});

test("the overview says it and leads to the questions", async ({ open }) => {
  const { tab } = await open({ scenario: "mass-deletion" });
  const sentence = tab.getByRole("region", { name: "How things stand" });
  await sentence.getByText("120 records of “bills” were deleted at once.").waitFor();
  await sentence.getByText("Nothing was deleted on the other side yet. Say whether it was meant.").waitFor();
  await picture(tab, "overview-mass-deletion");
  await sentence.getByRole("button", { name: "See the problems" }).click();
  await card(tab, HERE).waitFor();
});

test("the overview tells two ways of one list apart while other things need a look", async ({ open }) => {
  const { tab } = await open({ scenario: "attention" });
  const told = tab.getByRole("region", { name: "What needs a look" }).getByText(/records of “bills” were deleted/);
  expect(await told.allInnerTexts()).toEqual([
    "120 records of “bills” were deleted at once.",
    "3 records of “bills” were deleted at once.",
  ]);
  // Only the first way is answered; what is left is the second, at another place.
  await onMock(tab, (mock) =>
    mock.changeStatus({ notices: mock.world.status.notices.filter(({ count }) => count !== 120).reverse() }),
  );
  await expect.poll(() => told.allInnerTexts()).toEqual(["3 records of “bills” were deleted at once."]);
});

test.for(["en", "ar"] as const)("names of ill will stay names, and are sent as they are, %s", async (language, { open }) => {
  const window = await open({ page: "problems", scenario: "hostile", language });
  const { tab, calls } = window;
  const sent = [];
  for (const name of [MARKUP, OVERRIDE]) {
    const named = tab.getByRole("article").filter({ hasText: plain(name) }).filter({ has: tab.locator(".danger") });
    await named.locator(".danger").click();
    await tab.getByRole("dialog").waitFor();
    expect(plain(await tab.getByRole("dialog").innerText())).toContain(plain(name));
    await isHarmless(window);
    await tab.getByRole("dialog").locator(".danger").click();
    await named.waitFor({ state: "detached" });
    sent.push({ collection: name, direction: "upload" });
  }
  expect(await calls("apply_deletions")).toEqual(sent);
});

function card(tab: Tab, title: string): Locator {
  return tab.getByRole("article", { name: title });
}

function putBack(within: Locator): Locator {
  return within.getByRole("button", { name: "Put them back" });
}

function deleteAll(within: Locator): Locator {
  return within.getByRole("button", { name: "Delete them everywhere" });
}

// Without the marks that set a name apart.
function plain(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}
