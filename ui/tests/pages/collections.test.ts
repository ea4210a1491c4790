// The lists: how each takes part, at once, and what stands in the way.
import type { Locator, Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { onMock, test } from "../harness/window";

test("a mode is asked for at once and shown before the answer", async ({ open }) => {
  const { tab, calls } = await open({ page: "collections" });
  await onMock(tab, (mock) => {
    mock.hold("set_mode");
  });
  await row(tab, "bills").getByText("Only to the cloud", { exact: true }).click();
  expect(await calls("set_mode")).toEqual([{ name: "bills", mode: "upload-only" }]);
  expect(await mode(tab, "bills", "Only to the cloud").isChecked()).toBe(true);
  await onMock(tab, (mock) => {
    mock.release("set_mode");
  });
  await expect.poll(() => onMock(tab, (mock) => mock.world.collections[0]?.mode)).toBe("upload-only");
  expect(await mode(tab, "bills", "Only to the cloud").isChecked()).toBe(true);
  expect(await calls("set_mode")).toHaveLength(1);
});

test("a list is switched off and on again with the keyboard", async ({ open }) => {
  const { tab, calls } = await open({ page: "collections" });
  await mode(tab, "customers", "Both ways").focus();
  await tab.keyboard.press("ArrowRight");
  await tab.keyboard.press("ArrowRight");
  await expect.poll(async () => (await calls("set_mode")).at(-1)).toEqual({ name: "customers", mode: "off" });
  await expect.poll(() => onMock(tab, (mock) => mock.world.collections[1]?.mode)).toBe("off");
  await tab.keyboard.press("ArrowRight");
  await expect.poll(() => onMock(tab, (mock) => mock.world.collections[1]?.mode)).toBe("both-ways");
  expect(await mode(tab, "customers", "Both ways").isChecked()).toBe(true);
});

test("a mode that is refused is shown as refused and falls back", async ({ open }) => {
  const { tab } = await open({ page: "collections" });
  await onMock(tab, (mock) => {
    mock.fail("set_mode", { kind: "storage", field: null, text: "read-only file system" });
  });
  await row(tab, "bills").getByText("Off", { exact: true }).click();
  await tab.getByRole("alert").getByText("This PC could not save it.").waitFor();
  expect(await mode(tab, "bills", "Both ways").isChecked()).toBe(true);
  expect(await mode(tab, "bills", "Off").isChecked()).toBe(false);
});

test("what another place decides cannot be changed here and names that place", async ({ open }) => {
  const { tab } = await open({ page: "collections", scenario: "fixed" });
  for (const name of ["Both ways", "Only to the cloud", "Off"]) {
    expect(await mode(tab, "customers", name).isDisabled()).toBe(true);
  }
  await row(tab, "customers").getByText("BIDIRECTIONAL_EXCLUDED_COLLECTIONS").waitFor();
  expect(await mode(tab, "bills", "Off").isDisabled()).toBe(false);
});

test("counts of both sides, and why a list cannot be copied", async ({ open }) => {
  const { tab } = await open({ page: "collections" });
  expect(await row(tab, "customers").getByRole("cell").first().innerText()).toBe("1,312");
  await row(tab, "customers").getByText("1,311").waitFor();
  await row(tab, "sales_by_day").getByText("This list is put together from others").waitFor();
  expect(await row(tab, "sales_by_day").getByRole("radio").count()).toBe(0);
});

test("offline the other side's counts are not known, and it says so", async ({ open }) => {
  const { tab } = await open({ page: "collections", scenario: "offline" });
  await row(tab, "bills").getByText("not known").waitFor();
});

test("comparing moves with the status and ends with it", async ({ open }) => {
  const { tab } = await open({ page: "collections", scenario: "comparing" });
  await row(tab, "bills")
    .getByText(/Comparing: 7,281 of 18,204, about .+ left/)
    .waitFor();
  await onMock(tab, (mock) => {
    const collections = mock.world.status.collections.map((each) => ({
      ...each,
      ...(each.name === "bills" && { compare: { done: 18_000, total: 18_204, perSecond: 400, remainingS: 0.5 } }),
    }));
    return mock.changeStatus({ collections });
  });
  await row(tab, "bills").getByText("18,000 of 18,204").waitFor();
  await onMock(tab, (mock) =>
    mock.changeStatus({ collections: mock.world.status.collections.map(({ name, mode }) => ({ name, mode })) }),
  );
  await row(tab, "bills").getByRole("progressbar").waitFor({ state: "detached" });
});

test("all lists are compared again only after the question was answered", async ({ open }) => {
  const { tab, calls } = await open({ page: "collections" });
  const again = tab.getByRole("button", { name: "Compare all again" });
  await again.click();
  await tab.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect(await calls("resync")).toEqual([]);
  await again.click();
  await tab.getByRole("dialog").getByRole("button", { name: "Compare all again" }).click();
  await tab.getByText("Comparing has begun.").waitFor();
  expect(await calls("resync")).toEqual([{ name: null }]);
  await row(tab, "products").getByRole("progressbar").waitFor();
});

test("one list is compared again", async ({ open }) => {
  const { tab, calls } = await open({ page: "collections" });
  await tab.getByRole("button", { name: /Compare .products. again/ }).click();
  await row(tab, "products").getByRole("progressbar").waitFor();
  expect(await calls("resync")).toEqual([{ name: "products" }]);
});

test("the field that names a record is chosen and taken back", async ({ open }) => {
  const { tab, calls } = await open({ page: "collections" });
  const name = row(tab, "bills").getByRole("button", { name: /are named/ });
  await name.click();
  await tab
    .getByRole("dialog")
    .getByRole("button", { name: /^total/ })
    .click();
  await tab.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await row(tab, "bills").getByText("total").waitFor();
  await name.click();
  await tab.getByLabel("Name of the field").fill("");
  await tab.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await row(tab, "bills").getByText("ID").waitFor();
  expect(await calls("set_label")).toEqual([
    { name: "bills", field: "total" },
    { name: "bills", field: null },
  ]);
});

function row(tab: Tab, list: string): Locator {
  return tab.getByRole("row", { name: new RegExp(`^${list}`) });
}

function mode(tab: Tab, list: string, name: string): Locator {
  return row(tab, list).getByRole("radio", { name, exact: true });
}
