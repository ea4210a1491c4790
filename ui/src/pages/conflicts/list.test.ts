import { beforeEach, expect, test, vi } from "vitest";
import type { Conflict, ConflictPage, ConflictQuery } from "../../lib/wire";
import * as ipc from "../../lib/ipc";
import { asQuery, ConflictList, PIECE } from "./list.svelte";

vi.mock("../../lib/ipc");

const TOTAL = 1234;
const row = (at: number): Conflict => ({
  id: `c${at}`,
  collection: "bills",
  label: `B-${at}`,
  detectedAt: 0,
  detectedBy: "",
  reason: "",
  strategy: "",
  winner: null,
  winnerAt: null,
  loser: null,
  loserAt: null,
  caution: false,
  seen: false,
});
const everything = { filter: "open", collection: "", search: "" } as const;
let asked: ConflictQuery[] = [];

function page({ offset, limit }: ConflictQuery, total = TOTAL): ConflictPage {
  const rows = Array.from({ length: Math.min(limit, Math.max(0, total - offset)) }, (_, at) => row(offset + at));
  return { total, open: total, collections: ["bills"], rows };
}

beforeEach(() => {
  asked = [];
  vi.mocked(ipc.conflicts).mockImplementation((query) => {
    asked.push(query);
    return Promise.resolve(page(query));
  });
});

test("a query leaves out what is not asked", () => {
  expect(asQuery({ filter: "all", collection: "", search: "  b " }, 5, 10)).toEqual({
    filter: "all",
    search: "b",
    offset: 5,
    limit: 10,
  });
  expect(asQuery({ filter: "all", collection: "bills", search: "" }, 0, 1)).toMatchObject({ collection: "bills" });
});

test("only what is on the screen is asked for, and only once", async () => {
  const list = new ConflictList();
  await list.load(everything);
  expect([list.total, list.row(0)?.id, list.row(PIECE)]).toEqual([TOTAL, "c0", undefined]);
  list.show(PIECE + 20, PIECE + 40);
  list.show(PIECE + 30, PIECE + 50);
  await vi.waitFor(() => {
    expect(list.row(PIECE + 30)?.id).toBe(`c${PIECE + 30}`);
  });
  expect(asked.map(({ offset }) => offset)).toEqual([0, PIECE]);
});

test("an answer to an earlier question is dropped", async () => {
  const list = new ConflictList();
  let late: (page: ConflictPage) => void = () => undefined;
  vi.mocked(ipc.conflicts).mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
  const first = list.load(everything);
  await list.load({ ...everything, search: "b" });
  late({ total: 1, open: 1, collections: [], rows: [row(777)] });
  await first;
  expect([list.total, list.row(0)?.id]).toEqual([TOTAL, "c0"]);
});

test("the same question again keeps the place, another one begins at the top", async () => {
  const list = new ConflictList();
  await list.load(everything);
  list.show(PIECE, PIECE + 10);
  await vi.waitFor(() => {
    expect(list.row(PIECE)).toBeDefined();
  });
  asked = [];
  await list.load({ ...everything });
  expect(asked.map(({ offset }) => offset)).toEqual([PIECE]);
  asked = [];
  await list.load({ ...everything, search: "x" });
  expect(asked[0]?.offset).toBe(0);
});

test("a failure is kept for the page and the next answer clears it", async () => {
  const list = new ConflictList();
  vi.mocked(ipc.failure).mockReturnValueOnce({ kind: "local-away", field: null, text: "" });
  vi.mocked(ipc.conflicts).mockRejectedValueOnce(new Error("away"));
  await list.load(everything);
  expect(list.failed?.kind).toBe("local-away");
  await list.load(everything);
  expect(list.failed).toBeNull();
});

test("all IDs that fit, open ones only", async () => {
  const list = new ConflictList();
  await list.load({ filter: "all", collection: "bills", search: "b" });
  asked = [];
  const ids = await list.ids();
  expect([ids.length, ids.at(-1)]).toEqual([TOTAL, `c${TOTAL - 1}`]);
  expect(asked.every((query) => query.filter === "open" && query.collection === "bills" && query.search === "b")).toBe(
    true,
  );
  expect(asked.map(({ offset }) => offset)).toEqual([0, 500, 1000]);
});
