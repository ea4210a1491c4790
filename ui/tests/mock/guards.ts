// Whether the arguments of a call are those the backend would take: Rust refuses a missing or misspelt one, so does this.
import type { Change, ConflictQuery, Trial } from "../../src/lib/wire";
import type { Args, Command } from "./contract";

type Guard = (value: unknown) => boolean;
type Keys<T> = { [K in keyof Required<T>]: Guard };

const text: Guard = (value) => typeof value === "string";
const flag: Guard = (value) => typeof value === "boolean";
const whole: Guard = (value) => Number.isInteger(value) && (value as number) >= 0;
const listOf =
  (item: Guard): Guard =>
  (value) =>
    Array.isArray(value) && value.every(item);
const oneOf =
  (...words: string[]): Guard =>
  (value) =>
    typeof value === "string" && words.includes(value);
// Serde takes a missing field for an `Option` as well as null.
const optional =
  (inner: Guard): Guard =>
  (value) =>
    value === undefined || value === null || inner(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const only =
  (keys: Record<string, Guard>): Guard =>
  (value) =>
    isRecord(value) && misfits(keys, value).length === 0;

const mode = oneOf("both-ways", "upload-only", "off");
const way = oneOf("upload", "download");
const trialKeys: Keys<Trial> = { localUri: optional(text), atlasUri: optional(text), database: optional(text) };
const changeKeys: Keys<Change> = {
  ...trialKeys,
  deviceName: optional(text),
  bidirectional: optional(flag),
  strategy: optional(oneOf("last-write-wins", "atlas-wins", "local-wins")),
  batchSize: optional(whole),
  originCleanupMs: optional(whole),
  reconnectIntervalMs: optional(whole),
  reconnectAttemptsMax: optional(whole),
  vaultRetentionDays: optional(whole),
  modelsFolder: optional(text),
  rulesFile: optional(text),
  nodeProgram: optional(text),
  notifyConflicts: optional(flag),
  notifyAttention: optional(flag),
  notifyBackOnline: optional(flag),
  startAtLogin: optional(flag),
  language: optional(oneOf("system", "en", "ar")),
  theme: optional(oneOf("system", "light", "dark")),
};
const queryKeys: Keys<ConflictQuery> = {
  filter: oneOf("open", "all"),
  collection: optional(text),
  search: text,
  offset: whole,
  limit: (value) => whole(value) && (value as number) >= 1 && (value as number) <= 500,
};

const guards: { [C in Command]: Keys<Args<C>> } = {
  status: {},
  samples: {},
  devices: {},
  pause: { way: optional(way), paused: flag },
  sync_now: {},
  conflicts: { query: only(queryKeys) },
  conflict: { id: text },
  restore_conflict: { id: text },
  mark_conflicts: { ids: optional(listOf(text)), seen: flag },
  collections: {},
  set_mode: { name: text, mode },
  set_label: { name: text, field: optional(text) },
  resync: { name: optional(text) },
  problems: {},
  retry_problem: { id: optional(text) },
  discard_problem: { id: text },
  export_problems: {},
  held_deletions: {},
  apply_deletions: { collection: text, direction: way },
  restore_deletions: { collection: text, direction: way },
  settings: {},
  change_settings: { change: only(changeKeys) },
  test_connections: { trial: only(trialKeys) },
  find_local: {},
  preview_collections: { trial: only(trialKeys) },
  set_up: { change: only(changeKeys), modes: (value) => isRecord(value) && Object.values(value).every(mode) },
  rules: {},
  rules_sample: { name: text, side: oneOf("local", "atlas"), called: optional(text) },
  try_rules: { name: text, text },
  save_bundle: {},
  reveal: { path: text },
  first_page: {},
};

export const COMMANDS = Object.keys(guards);

export function isCommand(name: string): name is Command {
  return Object.hasOwn(guards, name);
}

export function refused(command: Command, args: Record<string, unknown>): string[] {
  return misfits(guards[command], args).map((key) => `${command}: ${key} = ${JSON.stringify(args[key])}`);
}

function misfits(keys: Record<string, Guard>, args: Record<string, unknown>): string[] {
  const unknown = Object.keys(args).filter((key) => !Object.hasOwn(keys, key));
  const wrong = Object.entries(keys).filter(([key, fits]) => !fits(args[key]));
  return [...unknown, ...wrong.map(([key]) => key)];
}
