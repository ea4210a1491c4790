// A status to start from in tests: everything is well.
import type { Direction, Status } from "../../lib/wire";

export const quiet = (change: Partial<Direction> = {}): Direction => ({
  processed: 0,
  successful: 0,
  failed: 0,
  conflicts: 0,
  pending: 0,
  oldestPendingMs: 0,
  avgProcessTimeMs: 0,
  perSecond: 0,
  paused: false,
  ...change,
});

export const well = (change: Partial<Status> = {}): Status => ({
  state: "synced",
  instanceId: "7f0c",
  local: { connected: true },
  atlas: { connected: true, clockOffsetMs: 0 },
  localToAtlas: quiet(),
  atlasToLocal: quiet(),
  collections: [],
  quarantined: 0,
  conflictsOpen: 0,
  notices: [],
  ...change,
});
