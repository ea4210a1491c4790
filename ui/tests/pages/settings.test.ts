// The settings: what is changed is saved, what is decided elsewhere is only shown, and no secret comes back.
import type { Locator, Page as Tab } from "playwright-core";
import { expect } from "vitest";
import type { Field, SettingsView } from "../../src/lib/wire";
import { serious } from "../harness/axe";
import { picture } from "../harness/picture";
import { CLOUD } from "../harness/welcome";
import { onMock, test } from "../harness/window";
import { SECRET } from "../mock/shop/settings";

test("a switch is saved at once", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  const back = tab.getByRole("switch", { name: "When the connection is back after a long time" });
  await back.click();
  await expect.poll(() => calls("change_settings")).toEqual([{ change: { notifyBackOnline: true } }]);
  await expect.poll(() => back.getAttribute("aria-checked")).toBe("true");
});

test("language and theme take effect at once", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByRole("combobox", { name: "Appearance" }).selectOption("dark");
  await tab.locator("html[data-theme=dark]").waitFor();
  await tab.getByRole("combobox", { name: "Language" }).selectOption("ar");
  await tab.locator("html[dir=rtl][lang=ar]").waitFor();
  await tab.getByRole("heading", { level: 1, name: "الإعدادات" }).waitFor();
  expect(await calls("change_settings")).toEqual([{ change: { theme: "dark" } }, { change: { language: "ar" } }]);
});

test("who wins is saved at once", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByRole("radio", { name: "The cloud wins" }).check();
  await expect.poll(() => calls("change_settings")).toEqual([{ change: { strategy: "atlas-wins" } }]);
});

test("who wins, when it could not be saved, is shown as it is and not as it was wished", async ({ open }) => {
  const { tab } = await open({ page: "settings" });
  await refuse(tab);
  await tab.getByText("The cloud wins").click();
  await tab.getByRole("alert").waitFor();
  expect(await tab.getByRole("radio", { name: "The later change wins" }).isChecked()).toBe(true);
});

test("a switch that could not be saved stays as it is", async ({ open }) => {
  const { tab } = await open({ page: "settings" });
  await refuse(tab);
  const attention = tab.getByRole("switch", { name: "When something needs a look" });
  await attention.click();
  await tab.getByRole("alert").waitFor();
  expect(await attention.getAttribute("aria-checked")).toBe("true");
});

test("a theme that could not be saved is not shown as chosen", async ({ open }) => {
  const { tab } = await open({ page: "settings" });
  await refuse(tab);
  const theme = tab.getByRole("combobox", { name: "Appearance" });
  await theme.selectOption("dark");
  await tab.getByRole("alert").waitFor();
  expect(await theme.inputValue()).toBe("light");
});

test("what the environment or a start option decides is read-only and says which", async ({ open }) => {
  const { tab } = await open({ page: "settings", scenario: "fixed" });
  for (const option of await tab.getByRole("radio").all()) expect(await option.isDisabled()).toBe(true);
  await tab.getByText(/environment variable .*CONFLICT_RESOLUTION_STRATEGY/).waitFor();
  await tab.getByText(/environment variable .*BOMBA_ATLAS_URI/).waitFor();
  expect(await tab.getByRole("button", { name: "Enter a new address" }).count()).toBe(1);
  await tab.getByRole("heading", { name: "Advanced" }).click();
  expect(await tab.getByLabel("Changes fetched at a time").isDisabled()).toBe(true);
  await tab.getByText(/start option .*ATLAS_CHANGE_STREAM_BATCH_SIZE/).waitFor();
  expect(await tab.getByLabel("Days that the other version").isDisabled()).toBe(false);
});

test("where all is decided elsewhere nothing can be changed and each variable is named", async ({ open }) => {
  const { tab } = await open({ page: "settings", scenario: "all-fixed" });
  await tab.getByRole("heading", { name: "Advanced" }).click();
  const changeable = tab.locator("main :is(input, select, [role=switch], button[aria-expanded]):enabled");
  expect(await changeable.evaluateAll((all) => all.map((each) => each.outerHTML.slice(0, 120)))).toEqual([]);
  const shown = await tab.locator("main").innerText();
  const settings = await onMock(tab, (mock) => mock.world.settings);
  const variables = Object.values<SettingsView[keyof SettingsView]>(settings)
    .filter((value): value is Field<string> => typeof value === "object")
    .map(({ variable }) => variable);
  expect(variables.length).toBeGreaterThan(15);
  expect(variables.filter((variable) => !shown.includes(variable))).toEqual([]);
});

test("an address is entered, tested and saved, and never shown again", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByText("shop.ab1cd.mongodb.net").waitFor();
  await tab.getByRole("button", { name: "Enter a new address" }).last().click();
  const address = tab.getByLabel("New MongoDB address of the cloud");
  await address.fill(CLOUD.replace("ab1cd", "ef2gh"));
  expect(await address.getAttribute("type")).toBe("password");
  await tab.getByRole("button", { name: "Test the connections" }).click();
  await tab.getByText("Everything needed is there.").waitFor();
  expect(await calls("test_connections")).toEqual([{ trial: { atlasUri: CLOUD.replace("ab1cd", "ef2gh") } }]);
  await saveConnections(tab);
  await tab.getByText("shop.ef2gh.mongodb.net").waitFor();
  expect(await calls("change_settings")).toEqual([{ change: { atlasUri: CLOUD.replace("ab1cd", "ef2gh") } }]);
  expect(await secretsShown(tab)).toBe(false);
});

test("an address that was typed and given up is forgotten", async ({ open }) => {
  const { tab } = await open({ page: "settings" });
  await tab.getByRole("button", { name: "Enter a new address" }).last().click();
  await tab.getByLabel("New MongoDB address of the cloud").fill(CLOUD);
  expect(await secretsShown(tab)).toBe(true);
  await tab.getByRole("button", { name: "Keep the old one" }).click();
  expect(await secretsShown(tab)).toBe(false);
});

test("an address that cannot be one is said to be none before anything is sent", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByRole("button", { name: "Enter a new address" }).first().click();
  await tab.getByLabel("New MongoDB address for this PC").fill("localhost:27017");
  await tab.getByText("An address begins with mongodb://").waitFor();
  expect(await tab.getByRole("button", { name: "Test the connections" }).isDisabled()).toBe(true);
  expect(await calls("test_connections")).toEqual([]);
});

test("the test of the connections shows each finding with what to do, in both languages", async ({ open }) => {
  const english = (await open({ page: "settings", scenario: "bad-connection" })).tab;
  await english.getByRole("button", { name: "Test the connections" }).click();
  await english.getByText("The database on this PC has to be prepared once.").waitFor();
  await english.getByText("Show the details below to your technician.").waitFor();
  await english.getByText("Switch on automatic date and time in the settings of this PC.").waitFor();
  const arabic = (await open({ page: "settings", scenario: "bad-connection", language: "ar" })).tab;
  await arabic.locator("form button[type=button]:has-text('افحص')").click();
  const findings = arabic.locator(".findings");
  await findings.waitFor();
  // The server's words are there for support, but folded away.
  expect(await findings.getByText("standalone server").first().isVisible()).toBe(false);
  expect(await findings.innerText()).not.toMatch(/[A-Za-z]{3,}/);
});

test("numbers are checked before they are saved, Arabic digits too", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByRole("heading", { name: "Advanced" }).click();
  const advanced = tab.locator("details form");
  const days = tab.getByLabel("Days that the other version");
  await days.fill("0");
  await tab.getByText("A number from 1 to 36,500, please.").waitFor();
  expect(await advanced.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await days.fill("٣٠");
  await advanced.getByRole("button", { name: "Save" }).click();
  await advanced.getByText("Saved.").waitFor();
  expect(await calls("change_settings")).toEqual([{ change: { vaultRetentionDays: 30 } }]);
});

test("the name of this PC is saved when asked, not with each letter", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByLabel("Name of this PC").fill("كاشير الباب");
  expect(await calls("change_settings")).toEqual([]);
  await tab.getByLabel("Name of this PC").press("Enter");
  await expect.poll(() => calls("change_settings")).toEqual([{ change: { deviceName: "كاشير الباب" } }]);
});

test("where Bomba's own checks lie is saved together, by the keyboard alone, and given up again", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  const rules = rulesOf(tab);
  await tab.getByLabel("Folder with Bomba’s checks").fill("/srv/bomba/models");
  await tab.keyboard.press("Tab");
  await tab.keyboard.type(" /srv/bomba/rules.json ");
  await tab.keyboard.press("Enter");
  await rules.getByText("From now on, records from the cloud go through these checks.").waitFor();
  expect(await tab.getByLabel("File with checks").inputValue()).toBe("/srv/bomba/rules.json");
  await tab.getByLabel("Folder with Bomba’s checks").fill("");
  await tab.getByLabel("File with checks").fill("");
  await rules.getByRole("button", { name: "Save" }).click();
  await rules.getByText("Records from the cloud are saved as they come.").waitFor();
  expect(await calls("change_settings")).toEqual([
    { change: { modelsFolder: "/srv/bomba/models", rulesFile: "/srv/bomba/rules.json" } },
    { change: { modelsFolder: "", rulesFile: "" } },
  ]);
});

for (const { language, folder, file, save, nowhere } of [
  {
    language: "en",
    folder: "Folder with Bomba’s checks",
    file: "File with checks",
    save: "Save",
    nowhere: ["There is no such folder on this PC.", "There is no such file on this PC."],
  },
  {
    language: "ar",
    folder: "المجلد الذي فيه فحوصات Bomba",
    file: "الملف الذي فيه فحوصات",
    save: "حفظ",
    nowhere: ["لا يوجد مجلد كهذا على هذا الجهاز.", "لا يوجد ملف كهذا على هذا الجهاز."],
  },
] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`checks that are not there are said to be nowhere, ${language}, ${theme}`, async ({ open }) => {
      const { tab } = await open({ page: "settings", language, theme });
      const rules = rulesOf(tab);
      const [noFolder, noFile] = [rules.getByText(nowhere[0]), rules.getByText(nowhere[1])];
      await tab.getByLabel(folder).fill("/srv/gone");
      await rules.getByRole("button", { name: save }).click();
      await noFolder.waitFor();
      expect(await tab.getByLabel(folder).getAttribute("aria-invalid")).toBe("true");
      await expect.poll(() => tab.getByLabel(folder).evaluate((each) => each === document.activeElement)).toBe(true);
      expect(await tab.getByLabel(file).getAttribute("aria-invalid")).toBeNull();
      await rules.scrollIntoViewIfNeeded();
      await picture(tab, `settings-rules-nowhere-${language}-${theme}`);
      expect(await serious(tab)).toEqual([]);
      // What is typed anew is not wrong yet.
      await tab.getByLabel(folder).fill("/srv/bomba/models");
      await noFolder.waitFor({ state: "detached" });
      await tab.getByLabel(file).fill("/srv/gone.json");
      await rules.getByRole("button", { name: save }).click();
      await noFile.waitFor();
      expect(await tab.getByLabel(folder).inputValue()).toBe("/srv/bomba/models");
      expect(await onMock(tab, (mock) => mock.world.settings.rulesFile.value)).toBeNull();
    });
  }
}

test("the program that runs the checks is an advanced matter", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  const program = tab.getByLabel("Program that runs Bomba’s checks");
  expect(await program.isVisible()).toBe(false);
  await tab.getByRole("heading", { name: "Advanced" }).click();
  const advanced = tab.locator("details form");
  await program.fill("/usr/gone/node");
  await advanced.getByRole("button", { name: "Save" }).click();
  await advanced.getByText("There is no such program on this PC.").waitFor();
  await program.fill("/opt/node");
  await program.press("Enter");
  await advanced.getByText("Saved.").waitFor();
  expect(await calls("change_settings")).toEqual([
    { change: { nodeProgram: "/usr/gone/node" } },
    { change: { nodeProgram: "/opt/node" } },
  ]);
});

test("a report for support is saved and shown", async ({ open }) => {
  const { tab, calls } = await open({ page: "settings" });
  await tab.getByRole("button", { name: "Save a report for support" }).click();
  await tab.getByText("/home/shop/Documents/bomba-sync-2026-11-20.zip").waitFor();
  await tab.getByRole("button", { name: "Show the file" }).click();
  await expect.poll(() => calls("reveal")).toEqual([{ path: "/home/shop/Documents/bomba-sync-2026-11-20.zip" }]);
});

test("news of the settings do not throw away what is being typed", async ({ open }) => {
  const { tab } = await open({ page: "settings" });
  const name = tab.getByLabel("Name of this PC");
  await name.fill("half a na");
  await onMock(tab, (mock) => mock.say("settings", mock.world.settings));
  await onMock(tab, (mock) => mock.changeStatus({ state: "syncing" }));
  await tab.keyboard.type("me");
  expect(await name.inputValue()).toBe("half a name");
  expect(await name.evaluate((element) => document.activeElement === element)).toBe(true);
});

function refuse(tab: Tab): Promise<void> {
  return onMock(tab, (mock) => {
    mock.fail("change_settings", { kind: "storage", field: null, text: "read-only file system" });
  });
}

function rulesOf(tab: Tab): Locator {
  return tab.locator("section").filter({ has: tab.getByLabel(/^(File with checks|الملف الذي فيه فحوصات)$/) });
}

function saveConnections(tab: Tab): Promise<void> {
  return tab
    .locator("form")
    .filter({ has: tab.getByRole("button", { name: "Test the connections" }) })
    .getByRole("button", { name: "Save" })
    .click();
}

// In what is displayed, in an attribute or in what is typed.
function secretsShown(tab: Tab): Promise<boolean> {
  return tab.evaluate((secret) => {
    const typed = [...document.querySelectorAll("input")].map(({ value }) => value);
    return [document.documentElement.outerHTML, ...typed].some((text) => text.includes(secret));
  }, SECRET);
}
