// Mass deletions that wait for a person: of one list both ways, and of another.
import type { HeldDeletions, Notice } from "../../../src/lib/wire";

export const MASS_DELETION = "mass-deletion";
const HOUR_MS = 3_600_000;

export function held(now: number): HeldDeletions[] {
  return [
    { collection: "bills", direction: "upload", count: 120, since: now - 2 * HOUR_MS },
    { collection: "bills", direction: "download", count: 3, since: now - HOUR_MS },
    { collection: "customers", direction: "download", count: 1_312, since: now - 60_000 },
  ];
}

export const asNotice = ({ collection, direction, count }: HeldDeletions): Notice => ({
  kind: MASS_DELETION,
  text: `${String(count)} documents of ${collection} were deleted on ${direction === "upload" ? "Local" : "Atlas"}`,
  about: collection,
  count,
});
