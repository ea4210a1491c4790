// Kept versions of bills, customers and products, newest first.
import type { Conflict, Leaf, Row } from "../../../src/lib/wire";

const REASONS = ["edited-on-both-sides", "deleted-later", "deleted-unseen", "dead", "rolled-back"];
const STRATEGIES = ["last-write-wins", "atlas-wins", "local-wins"];
const PCS = ["الكاشير 1", "Warehouse", "مكتب المحاسب"];
const LABELS: Record<string, (number: number) => string> = {
  bills: (number) => `B-${String(number)}`,
  customers: (number) =>
    ["علي حسين", "Sara Ahmed", "شركة النور للتجارة", "Basra Foods"][Math.floor(number / 4) % 4] ?? "",
  products: (number) =>
    ["رز بسمتي 5 كغم", "Olive oil 1 l", "شاي أخضر", "Sugar 10 kg"][Math.floor(number / 4) % 4] ?? "",
};
const MINUTE_MS = 60_000;

export function conflicts(count: number, now: number): Conflict[] {
  return Array.from({ length: count }, (_, index) => conflict(index, now));
}

function conflict(index: number, now: number): Conflict {
  const collection = pick(["bills", "bills", "customers", "products"], index);
  const detectedAt = now - (index * 7 + 2) * MINUTE_MS;
  const reason = pick(REASONS, index);
  return {
    id: `c${String(index)}`,
    collection,
    label: LABELS[collection]?.(index + 1001) ?? "",
    detectedAt,
    detectedBy: pick(PCS, index),
    reason,
    strategy: pick(STRATEGIES, Math.floor(index / 3)),
    winner: index % 7 === 6 ? null : index % 5 === 4 ? "atlas" : pick(PCS, index + 1),
    winnerAt: detectedAt - MINUTE_MS,
    loser: pick(PCS, index),
    loserAt: index % 7 === 6 ? null : detectedAt - 3 * MINUTE_MS,
    caution: index % 7 === 6,
    seen: false,
  };
}

export function isWinnerMissing(conflict: Conflict): boolean {
  return conflict.reason === "deleted-later" || conflict.reason === "deleted-unseen";
}

// A winner that was deleted has no values; fields that are the same stand between those that differ.
export function rowsOf(conflict: Conflict): Row[] {
  const rows: Row[] = [
    row(["number"], text(conflict.label)),
    row(["customer", "name"], text("علي حسين")),
    row(["customer", "phone"], text("0770 123 4567"), text("0770 765 4321")),
    row(["total"], number("125000.5"), number("118000")),
    row(["paid"], { kind: "flag", text: "true" }, { kind: "flag", text: "false" }),
    row(
      ["date"],
      { kind: "date", text: "2026-11-20T09:30:00.000Z" },
      { kind: "date", text: "2026-11-20T08:00:00.000Z" },
    ),
    row(["items", "1", "title"], text("Olive oil 1 l")),
    row(["items", "1", "price"], number("9500"), number("9000")),
    row(["items", "2", "title"], null, text("شاي أخضر")),
    row(["note"], { kind: "empty", text: "" }, text("يسلم غداً - deliver tomorrow")),
    row(["picture"], { kind: "other", text: "Binary, 2,048 bytes" }),
  ];
  return isWinnerMissing(conflict) ? rows.map((each) => ({ ...each, first: null, differs: true })) : rows;
}

function row(path: string[], first: Leaf | null, second: Leaf | null = first): Row {
  return { path, first, second, differs: first !== second };
}

function text(value: string): Leaf {
  return { kind: "text", text: value };
}

function number(value: string): Leaf {
  return { kind: "number", text: value };
}

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length] as T;
}
