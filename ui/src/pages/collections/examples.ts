// Fields a record could be called by, with what is in them.
import type { ConflictDetail, LeafKind } from "../../lib/wire";

export interface Example {
  field: string;
  value: string;
}

/** Nobody calls a bill "true". */
const NAMES: readonly LeafKind[] = ["text", "number", "other"];
const EXAMPLES_MAX = 12;

export function examples(detail: ConflictDetail): Example[] {
  return detail.rows
    .flatMap(({ path: [field, ...inner], first, second }) => {
      const leaf = first ?? second;
      const fits = field !== undefined && field !== "_id" && inner.length === 0 && leaf && NAMES.includes(leaf.kind);
      return fits ? [{ field, value: leaf.text }] : [];
    })
    .slice(0, EXAMPLES_MAX);
}
