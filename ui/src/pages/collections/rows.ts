// The rows of the page: counts as last asked for, progress as last told.
import type { Collection, CollectionRow } from "../../lib/wire";
import { byName } from "../../lists/modes";

/** More lists than this are searched rather than read. */
export const SEARCH_FROM = 10;

export function shownRows(
  rows: readonly CollectionRow[],
  told: readonly Collection[],
  search: string,
): CollectionRow[] {
  const news = new Map(told.map((one) => [one.name, one]));
  const wanted = search.trim().toLocaleLowerCase();
  return byName(rows)
    .filter((row) => row.name.toLocaleLowerCase().includes(wanted))
    .map((row) => {
      const one = news.get(row.name);
      return one ? { ...row, compare: one.compare ?? null } : row;
    });
}
