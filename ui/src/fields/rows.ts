// The fields of two versions of a document, ordered for reading.
import type { Leaf, Row } from "../lib/wire";

export interface Group {
  /** The field of the document itself. */
  name: string;
  rows: Row[];
  differs: boolean;
}

/** Rows of the same field together, in the order they came. A field is one group even when its rows are apart. */
export function grouped(rows: readonly Row[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const name = row.path[0] ?? "";
    const group = groups.get(name) ?? { name, rows: [], differs: false };
    group.rows.push(row);
    group.differs ||= row.differs;
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** Only what is not the same. */
export const differing = (groups: readonly Group[]): Group[] =>
  groups.filter((group) => group.differs).map((group) => ({ ...group, rows: group.rows.filter((row) => row.differs) }));

export const sameCount = (rows: readonly Row[]): number => rows.filter((row) => !row.differs).length;

/** A field with parts gets a line of its own above them. */
export const isNested = (group: Group): boolean => group.rows.some((row) => row.path.length > 1);

/** The rest of the way inside its group: places in a list and names, "2 › price". */
export const within = (row: Row): string => row.path.slice(1).join(" › ");

export const key = (row: Row): string => JSON.stringify(row.path);

/** The digits a double holds exactly; a longer number is shown as it is written. */
const DIGITS_MAX = 15;

/** A number for Intl, or null where formatting would change it. */
export function exactNumber(leaf: Leaf): number | null {
  const value = Number(leaf.text);
  const plain = /^-?\d+(\.\d+)?$/.test(leaf.text);
  return plain && leaf.text.replace(/\D/g, "").length <= DIGITS_MAX ? value : null;
}
