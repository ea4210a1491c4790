// The state of a quiet, connected PC, its last ten minutes and its neighbours.
import type { Device, Direction, Sample, Status } from "../../../src/lib/wire";
import { asStatus, lists } from "./lists";

const ME = "6f1c9a52-0d7e-4f0e-9a60-3c1f0f7f9b11";
const SAMPLES = 600;

export function status(now: number): Status {
  return {
    state: "synced",
    instanceId: ME,
    local: { connected: true },
    atlas: { connected: true, clockOffsetMs: 12 },
    localToAtlas: direction(8_412, 3),
    atlasToLocal: direction(5_230, 2),
    collections: asStatus(lists()),
    quarantined: 0,
    conflictsOpen: 0,
    notices: [],
    lastChangeAt: now - 120_000,
  };
}

export function samples(now: number): Sample[] {
  return Array.from({ length: SAMPLES }, (_, index) => ({
    at: now - (SAMPLES - index) * 1_000,
    up: Math.round(12 + 10 * Math.sin(index / 25)),
    down: Math.round(7 + 6 * Math.cos(index / 40)),
  }));
}

export function devices(now: number): Device[] {
  const common = { version: "0.3.0", clockOffsetMs: 12 };
  return [
    { ...common, id: ME, name: "الكاشير 1", lastSeen: now - 4_000, pending: 0, me: true },
    { ...common, id: "d-2", name: "Warehouse", lastSeen: now - 45_000, pending: 3, me: false },
    {
      ...common,
      id: "d-3",
      name: "مكتب المحاسب",
      lastSeen: now - 93_600_000,
      pending: 12,
      me: false,
      clockOffsetMs: 340_000,
    },
  ];
}

function direction(processed: number, conflicts: number): Direction {
  return {
    processed,
    successful: processed - conflicts,
    failed: 0,
    conflicts,
    pending: 0,
    oldestPendingMs: 0,
    avgProcessTimeMs: 41.5,
    perSecond: 0,
    paused: false,
  };
}
