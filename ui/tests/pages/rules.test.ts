// Bomba's own checks in the settings: which lists go through them, what of them cannot be used, and a record tried.
import type { Locator, Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { serious } from "../harness/axe";
import { isHarmless } from "../harness/harmless";
import { picture } from "../harness/picture";
import { foreign, texts, tooWide, unspoken } from "../harness/scan";
import { walk } from "../harness/walk";
import { onMock, test } from "../harness/window";
import { MARKUP } from "../mock/shop/hostile";

const WORDS = {
  en: {
    lists: "Lists that go through the checks",
    list: "List",
    from: "Take the record from",
    called: "Number or name of the record",
    fetch: "Get the record",
    go: "Try",
    record: /^The record/,
  },
  ar: {
    lists: "القوائم التي تمر بالفحوصات",
    list: "القائمة",
    from: "خذ السجل من",
    called: "رقم السجل أو اسمه",
    fetch: "أحضر السجل",
    go: "جرّب",
    record: /^السجل/,
  },
} as const;

test("where nothing is chosen there is nothing to see, and nothing is loaded", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  expect(await tab.getByRole("heading", { name: WORDS.en.lists }).count()).toBe(0);
  expect(await calls("rules")).toEqual([]);
});

test("the lists are told with where their checks come from, anew when another place is saved", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings", scenario: "checks" });
  const rows = section(tab).locator("ul").first().getByRole("listitem");
  expect(await rows.allInnerTexts()).toEqual([
    expect.stringMatching(/^bills\s+from the folder$/),
    expect.stringMatching(/^customers\s+from the folder$/),
    expect.stringMatching(/^logs\s+from the file$/),
  ]);
  await onMock(tab, (mock) => {
    mock.world.rules.collections.pop();
  });
  await tab.getByLabel("File with checks").fill("");
  await tab.getByLabel("File with checks").press("Enter");
  await expect.poll(() => rows.count()).toBe(2);
  expect(await calls("rules")).toHaveLength(2);
  await section(tab).getByRole("button", { name: "Look again" }).click();
  await expect.poll(() => calls("rules")).toHaveLength(3);
});

test("while the checks are looked at it says so, and a failure says what to do", async ({ open }) => {
  const { tab } = await open({ page: "settings", scenario: "checks" });
  const again = section(tab).getByRole("button", { name: "Look again" });
  await onMock(tab, (mock) => {
    mock.hold("rules");
  });
  await again.click();
  await section(tab).getByText("Looking at the checks. This takes a few seconds…").waitFor();
  expect(await again.isDisabled()).toBe(true);
  await onMock(tab, (mock) => {
    mock.fail("rules", { kind: "too-slow", field: null, text: "given up after 60 s" });
    mock.release("rules");
  });
  await section(tab).getByText("That took too long and was stopped. Try again").waitFor();
  // What was known stays.
  await section(tab).getByText("customers").first().waitFor();
});

test("a record is got by itself, by its number and from the other side", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings", scenario: "checks" });
  const { list, from, called, fetch } = WORDS.en;
  await section(tab).getByLabel(list, { exact: true }).selectOption("bills");
  await expect.poll(() => textOf(tab)).toContain("B-1044");
  await section(tab).getByLabel(from).selectOption("atlas");
  await expect.poll(() => textOf(tab)).toContain('"paid": 5000');
  await section(tab).getByLabel(called).fill(" B-1050 ");
  await section(tab).getByLabel(called).press("Enter");
  await expect.poll(() => textOf(tab)).toContain("B-1050");
  await section(tab).getByText("The record B-1050").waitFor();
  await section(tab).getByLabel(called).fill("B-9999");
  await section(tab).getByRole("button", { name: fetch }).click();
  await section(tab).getByText("There is no record with this number or name.").waitFor();
  expect(await textOf(tab)).toBe("");
  expect(await section(tab).getByRole("button", { name: "Try", exact: true }).isDisabled()).toBe(true);
  expect(await calls("rules_sample")).toEqual([
    { name: "bills", side: "local", called: null },
    { name: "bills", side: "atlas", called: null },
    { name: "bills", side: "atlas", called: "B-1050" },
    { name: "bills", side: "atlas", called: "B-9999" },
  ]);
  await section(tab).getByLabel(list, { exact: true }).selectOption("logs");
  await section(tab).getByText("There are no records in this list.").waitFor();
});

test("what is tried is the text as it stands there, and an answer goes when the text is changed", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings", scenario: "checks" });
  await choose(tab, "en");
  const record = section(tab).getByRole("textbox", { name: WORDS.en.record });
  const [text, go] = [await textOf(tab), section(tab).getByRole("button", { name: "Try", exact: true })];
  await onMock(tab, (mock) => {
    mock.hold("try_rules");
  });
  await go.click();
  await section(tab).getByText("Trying. This takes a few seconds…").waitFor();
  expect(await go.isDisabled()).toBe(true);
  expect(await record.evaluate((each) => (each as HTMLTextAreaElement).readOnly)).toBe(true);
  await onMock(tab, (mock) => {
    mock.release("try_rules");
  });
  const changes = section(tab).getByRole("row").filter({ hasText: "Different" });
  await expect.poll(() => changes.count()).toBe(2);
  expect(await changes.first().innerText()).toMatch(/total\s+not there\s+31,000/);
  const complete = text.replace('"paid": 0', '"paid": 0, "total": 31000');
  await record.fill(complete);
  await expect.poll(() => changes.count()).toBe(0);
  await go.click();
  await section(tab).getByText("This record would be saved as it is.").waitFor();
  await record.fill(text.replace('"paid": 0', '"paid": -5'));
  await go.click();
  await section(tab).getByText("The checks do not allow this record.").waitFor();
  const fields = await section(tab).locator(".outcome").getByRole("listitem").allInnerTexts();
  expect(fields.map((field) => field.replaceAll(/\s+/g, " "))).toEqual([
    "number is not there",
    "paid It holds: -5 The check says: المدفوع لا يكون أقل من صفر",
  ]);
  await record.fill("{");
  await go.click();
  await section(tab).getByText("The text is not a whole record.").waitFor();
  expect(await record.getAttribute("aria-invalid")).toBe("true");
  await record.fill(text.replace("B-1044", "B-BROKEN"));
  expect(await record.getAttribute("aria-invalid")).toBeNull();
  await go.click();
  await section(tab).getByText("The checks broke down on this record.").waitFor();
  expect(await section(tab).getByText("did not finish in time").isVisible()).toBe(false);
  expect((await calls("try_rules"))[0]).toEqual({ name: "bills", text });
  const writing = await Promise.all(["change_settings", "retry_problem", "set_mode"].map(calls));
  expect(writing.flat()).toEqual([]);
});

test("checks that cannot be run and a record that has no exact text are said to be so", async ({ open }) => {
  const { tab } = await open({ page: "settings", scenario: "checks" });
  await choose(tab, "en");
  await section(tab).getByLabel(WORDS.en.called).fill("B-7");
  await section(tab).getByRole("button", { name: WORDS.en.fetch }).click();
  await section(tab).getByText("This record holds something that cannot be shown as text.").waitFor();
  await onMock(tab, (mock) => {
    mock.fail("try_rules", { kind: "rules-failing", field: null, text: "Node.js cannot be started" });
  });
  await section(tab).getByRole("button", { name: "Try", exact: true }).click();
  await section(tab).getByText("Bomba’s own checks cannot be run. Have your technician look").waitFor();
});

for (const language of ["en", "ar"] as const) {
  const { go } = WORDS[language];
  for (const theme of ["light", "dark"] as const) {
    test(`all of it speaks and fits, ${language}, ${theme}`, async ({ open }) => {
      const { tab } = await open({ page: "settings", scenario: "checks", language, theme, size: TALL });
      const looks = async (name: string): Promise<void> => {
        await section(tab).scrollIntoViewIfNeeded();
        await picture(tab, `rules-${name}-${language}-${theme}`);
        expect(await unspoken(tab)).toEqual([]);
        expect(await foreign(tab, language)).toEqual([]);
        expect(await tooWide(tab)).toEqual([]);
        expect(await serious(tab)).toEqual([]);
      };
      await choose(tab, language);
      const record = section(tab).getByRole("textbox", { name: WORDS[language].record });
      const text = await textOf(tab);
      await section(tab).getByRole("button", { name: go, exact: true }).click();
      await section(tab).getByRole("table").waitFor();
      await looks("changed");
      // What is typed is the person's own.
      await record.fill(text.replace('"paid": 0', '"paid": -5'));
      await section(tab).getByRole("button", { name: go, exact: true }).click();
      await section(tab).locator(".outcome").getByRole("listitem").first().waitFor();
      await looks("refused");
      await record.fill(text.replace('"paid": 0', '"paid": 0, "total": 31000'));
      await section(tab).getByRole("button", { name: go, exact: true }).click();
      await section(tab).locator(".callout.ok").waitFor();
      await looks("unchanged");
    });

    test(`what cannot be used is told, ${language}, ${theme}`, async ({ open }) => {
      const { tab } = await open({ page: "settings", scenario: "checks-amiss", language, theme, size: TALL });
      await section(tab).scrollIntoViewIfNeeded();
      await picture(tab, `rules-amiss-${language}-${theme}`);
      expect(await section(tab).locator(".callout").count()).toBe(3);
      expect(await section(tab).getByText("Cannot find module").isVisible()).toBe(false);
      expect(await unspoken(tab)).toEqual([]);
      expect(await foreign(tab, language)).toEqual([]);
      expect(await serious(tab)).toEqual([]);
    });
  }

  test(`the smallest window has room for it, ${language}`, async ({ open }) => {
    const size = { width: 720, height: 480 };
    const { tab } = await open({ page: "settings", scenario: "checks", language, size });
    await choose(tab, language);
    await section(tab).getByRole("button", { name: go, exact: true }).click();
    await section(tab).getByRole("table").scrollIntoViewIfNeeded();
    await picture(tab, `rules-small-${language}`);
    expect(await tooWide(tab)).toEqual([]);
  });

  test(`texts of ill will stay texts, ${language}`, async ({ open }) => {
    const window = await open({ page: "settings", scenario: "hostile", language });
    const { tab } = window;
    await section(tab).getByLabel(WORDS[language].list, { exact: true }).selectOption({ index: 1 });
    const record = section(tab).getByRole("textbox", { name: WORDS[language].record });
    for (const text of ["{}", '{ "refuse": true }']) {
      await record.fill(text);
      await section(tab).getByRole("button", { name: go, exact: true }).click();
      await section(tab).locator(".outcome .callout").waitFor();
      expect((await texts(tab)).some((each) => each.includes(MARKUP))).toBe(true);
      await isHarmless(window);
      expect(await serious(tab)).toEqual([]);
    }
  });
}

test("Tab reaches every control of it and shows where it is", async ({ open }) => {
  const { tab } = await open({ page: "settings", scenario: "checks" });
  await choose(tab, "en");
  await section(tab).getByRole("button", { name: "Try", exact: true }).click();
  await section(tab).getByRole("table").waitFor();
  // A walk begins where the focus was last: at the end of the page it begins anew.
  const isAtEnd = (): Promise<boolean> => tab.evaluate(() => document.activeElement === document.body);
  do await tab.keyboard.press("Tab");
  while (!(await isAtEnd()));
  const { missed, unseen } = await walk(tab);
  expect(missed).toEqual([]);
  expect(unseen).toEqual([]);
});

const TALL = { width: 1000, height: 1500 };

function section(tab: Tab): Locator {
  return tab.locator("section.card").filter({ has: tab.getByLabel(/^(File with checks|الملف الذي فيه فحوصات)$/) });
}

async function choose(tab: Tab, language: "en" | "ar"): Promise<void> {
  await section(tab).getByLabel(WORDS[language].list, { exact: true }).selectOption("bills");
  await expect.poll(() => textOf(tab)).toContain("B-1044");
}

function textOf(tab: Tab): Promise<string> {
  return section(tab).locator("textarea").inputValue();
}
