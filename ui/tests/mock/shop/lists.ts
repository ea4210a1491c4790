// The collections of a shop with two branches.
import type { Collection, CollectionRow } from "../../../src/lib/wire";

export function lists(): CollectionRow[] {
  return [
    list("bills", 18_204, 18_204, "number"),
    list("customers", 1_312, 1_311, "name"),
    list("products", 4_750, 4_750, "title"),
    { ...list("drafts", 41, 0), mode: "off" },
    { ...list("sales_by_day", null, 365), mode: "off", notSynced: "view" },
  ];
}

export function asStatus(rows: CollectionRow[]): Collection[] {
  return rows.map(({ name, mode, notSynced, compare }) => ({
    name,
    mode,
    ...(notSynced !== null && { notSynced }),
    ...(compare !== null && { compare }),
  }));
}

function list(
  name: string,
  localCount: number | null,
  atlasCount: number | null,
  labelField: string | null = null,
): CollectionRow {
  return {
    name,
    mode: "both-ways",
    fixedBy: null,
    localCount,
    atlasCount,
    notSynced: null,
    compare: null,
    labelField,
  };
}
