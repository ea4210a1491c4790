// A field of the settings: who decides it.
import type { Field } from "../../lib/wire";

/** A flag or an environment variable decides: the window can only show it. */
export const isFixed = (field: Field<unknown>): boolean => field.source === "flag" || field.source === "environment";
