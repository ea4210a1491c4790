// The guided start: from nothing to the first copy, and what is in its way.
import { expect } from "vitest";
import { serious } from "../harness/axe";
import { torn } from "../harness/bidi";
import { picture } from "../harness/picture";
import { foreign, tooWide, unspoken } from "../harness/scan";
import { settled } from "../harness/wait";
import { CLOUD, goThrough, STEPS } from "../harness/welcome";
import { onMock, test } from "../harness/window";
import { SECRET } from "../mock/shop/settings";

test("from the first window to a copy that is done", async ({ open }) => {
  const { tab, calls } = await open({ scenario: "first-run" });
  const next = tab.getByRole("button", { name: "Next" });
  await next.click();
  expect(await tab.getByRole("radio", { name: "127.0.0.1:27017" }).isChecked()).toBe(true);
  await next.click();
  expect(await next.isDisabled()).toBe(true);
  await tab.getByLabel("Address of the cloud").fill(CLOUD);
  await tab.getByRole("button", { name: "bomba", exact: true }).click();
  await next.click();
  await tab.getByText("Everything needed is there.").waitFor();
  await next.click();
  await tab
    .getByRole("group", { name: /drafts/ })
    .getByText("Only to the cloud")
    .click();
  await tab.getByRole("button", { name: "Start copying" }).click();
  await tab.getByText("Copying what is different…").waitFor();
  const trial = { localUri: "mongodb://127.0.0.1:27017", atlasUri: CLOUD, database: "bomba" };
  expect(await calls("test_connections")).toEqual([{ trial }]);
  expect(await calls("preview_collections")).toEqual([{ trial }]);
  expect(await calls("set_up")).toEqual([
    {
      change: trial,
      modes: { bills: "both-ways", customers: "both-ways", products: "both-ways", drafts: "upload-only" },
    },
  ]);
  await onMock(tab, (mock) => {
    const collections = mock.world.status.collections.map(({ name, mode }) => ({
      name,
      mode,
      ...(name === "bills" && { compare: { done: 4_551, total: 18_204, perSecond: 390, remainingS: 35 } }),
    }));
    return mock.changeStatus({ collections });
  });
  await tab.getByText("4,551 of 18,204 records").waitFor();
  await onMock(tab, (mock) => {
    const collections = mock.world.status.collections.map(({ name, mode }) => ({ name, mode }));
    return mock.changeStatus({ state: "synced", collections });
  });
  await tab.getByText("Done. This PC and the cloud are the same.").waitFor();
  expect(await tab.content()).not.toContain(SECRET);
  await tab.getByRole("button", { name: "Open Bomba Sync" }).click();
  await tab.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
});

for (const language of ["en", "ar"] as const) {
  test.for(STEPS)(`step %s, ${language}`, async (step, { open }) => {
    const { tab } = await open({ scenario: "first-run", language, theme: language === "ar" ? "dark" : "light" });
    await goThrough(tab, step);
    await settled(tab);
    await picture(tab, `welcome-${step}-${language}`);
    expect(await unspoken(tab)).toEqual([]);
    expect(await foreign(tab, language)).toEqual([]);
    expect(await tooWide(tab)).toEqual([]);
    expect(await torn(tab)).toEqual([]);
    expect(await serious(tab)).toEqual([]);
  });
}

test("a password that is refused is said in plain words, with what to do, and stops the start", async ({ open }) => {
  const { tab, calls } = await open({ scenario: "first-run" });
  await goThrough(tab, "test", CLOUD.replace("shop:", "wrong:"));
  await tab.getByText("The cloud does not accept the user name or password.").waitFor();
  await tab.getByText("Enter the address again with the right user name and password.").waitFor();
  expect(await tab.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  await tab.getByRole("button", { name: "Back" }).click();
  await tab.getByLabel("Address of the cloud").fill(CLOUD);
  await tab.getByRole("button", { name: "Next" }).click();
  await tab.getByText("Everything needed is there.").waitFor();
  expect(await calls("test_connections")).toHaveLength(2);
  expect(await calls("set_up")).toEqual([]);
});

test("where no database is found its address can be typed", async ({ open }) => {
  const { tab, calls } = await open({ scenario: "first-run,nothing-found" });
  await tab.getByRole("button", { name: "Next" }).click();
  await tab.getByText("No database was found on this PC.").waitFor();
  expect(await tab.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  await tab.getByRole("button", { name: "Look again" }).click();
  await expect.poll(() => calls("find_local")).toHaveLength(2);
  await tab.getByLabel("Address of the database on this PC").fill("mongodb://10.0.0.5:27017");
  await tab.getByRole("button", { name: "Next" }).click();
  await tab.getByLabel("Address of the cloud").fill(CLOUD);
  await tab.getByLabel(/database/i).fill("bomba");
  await tab.getByRole("button", { name: "Next" }).click();
  await expect
    .poll(() => calls("test_connections"))
    .toEqual([{ trial: { localUri: "mongodb://10.0.0.5:27017", atlasUri: CLOUD, database: "bomba" } }]);
});

test("an address with the place for the password still in it is not accepted", async ({ open }) => {
  const { tab } = await open({ scenario: "first-run" });
  await goThrough(tab, "cloud");
  await tab.getByLabel("Address of the cloud").fill("mongodb+srv://shop:<password>@shop.ab1cd.mongodb.net");
  await tab.getByText("Replace the part in < > by the real password.").waitFor();
  expect(await tab.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
});

test("when saving fails it says why and can be tried again", async ({ open }) => {
  const { tab, calls } = await open({ scenario: "first-run" });
  await goThrough(tab, "lists");
  await tab.getByRole("group", { name: /bills/ }).waitFor();
  await onMock(tab, (mock) => {
    mock.fail("set_up", { kind: "storage", field: null, text: "keychain is locked" });
  });
  await tab.getByRole("button", { name: "Start copying" }).click();
  await tab.getByText("This PC could not save it.").waitFor();
  await onMock(tab, (mock) => {
    mock.fail("set_up", null);
  });
  await tab.getByRole("button", { name: "Start copying" }).click({ timeout: 3_000 });
  await tab.getByText("Copying what is different…").waitFor();
  expect(await calls("set_up")).toHaveLength(2);
});
