// What was typed into the settings, and the change it comes to.
import { flaw } from "../../connections/addresses";
import type { Change, Failure, SettingsView, Trial } from "../../lib/wire";
import { isFixed } from "./fields";

export interface ConnectionsDraft {
  localUri: string;
  atlasUri: string;
  database: string;
}

export const connectionsDraft = (settings: SettingsView): ConnectionsDraft => ({
  localUri: "",
  atlasUri: "",
  database: settings.database.value ?? "",
});

/** Only what is new: an address that is not typed again stays as it is. */
export function connectionsChange(draft: ConnectionsDraft, settings: SettingsView): Trial & Change {
  const change: Trial = {};
  const local = draft.localUri.trim();
  const atlas = draft.atlasUri.trim();
  const database = draft.database.trim();
  if (local !== "" && !isFixed(settings.localServers)) change.localUri = local;
  if (atlas !== "" && !isFixed(settings.atlasServers)) change.atlasUri = atlas;
  if (database !== "" && database !== settings.database.value && !isFixed(settings.database))
    change.database = database;
  return change;
}

export const isSound = (draft: ConnectionsDraft): boolean =>
  flaw(draft.localUri) === null && flaw(draft.atlasUri) === null;

export interface RulesDraft {
  modelsFolder: string;
  rulesFile: string;
}

export const rulesDraft = (settings: SettingsView): RulesDraft => ({
  modelsFolder: settings.modelsFolder.value ?? "",
  rulesFile: settings.rulesFile.value ?? "",
});

/** Only what is new; an emptied place is given up. */
export function rulesChange(draft: RulesDraft, settings: SettingsView): Change {
  const change: Change = {};
  for (const key of ["modelsFolder", "rulesFile"] as const) {
    const typed = draft[key].trim();
    if (typed !== (settings[key].value ?? "") && !isFixed(settings[key])) change[key] = typed;
  }
  return change;
}

/** An emptied program is none. */
export function programChange(typed: string, settings: SettingsView): Change {
  const nodeProgram = typed.trim();
  const isNew = nodeProgram !== "" && nodeProgram !== settings.nodeProgram.value;
  return isNew && !isFixed(settings.nodeProgram) ? { nodeProgram } : {};
}

/** Said where the place was typed, and so not once more below. */
export const isPlace = (failure: Failure | null): boolean => failure?.kind === "no-such-place";

/** Whether a change was refused because this place does not exist. The backend names it as the settings file does. */
export const isNowhere = (failure: Failure | null, key: "models_folder" | "rules_file" | "node_program"): boolean =>
  isPlace(failure) && failure?.field === key;

export const isEmpty = (change: Change): boolean => Object.keys(change).length === 0;

export type NumberKey =
  "batchSize" | "reconnectIntervalMs" | "reconnectAttemptsMax" | "originCleanupMs" | "vaultRetentionDays";

export interface NumberRule {
  key: NumberKey;
  label: string;
  hint: string;
  /** In the setting's own unit. */
  min: number;
  max: number;
  /** How many of the setting's units one of the shown unit is: milliseconds are shown as seconds. */
  per: number;
}

export const NUMBERS: readonly NumberRule[] = [
  { key: "batchSize", label: "settings-batch-size", hint: "settings-batch-size-hint", min: 1, max: 10_000, per: 1 },
  {
    key: "reconnectIntervalMs",
    label: "settings-reconnect-interval",
    hint: "settings-reconnect-interval-hint",
    min: 1,
    max: 3_600_000,
    per: 1000,
  },
  {
    key: "reconnectAttemptsMax",
    label: "settings-reconnect-attempts",
    hint: "settings-reconnect-attempts-hint",
    min: 1,
    max: 1_000_000,
    per: 1,
  },
  {
    key: "vaultRetentionDays",
    label: "settings-retention",
    hint: "settings-retention-hint",
    min: 1,
    max: 36_500,
    per: 1,
  },
  {
    key: "originCleanupMs",
    label: "settings-origin-cleanup",
    hint: "settings-origin-cleanup-hint",
    min: 1,
    max: 86_400_000,
    per: 1000,
  },
];

export type NumbersDraft = Record<NumberKey, string>;

export function numbersDraft(settings: SettingsView): NumbersDraft {
  const shown = (key: NumberKey, per: number): string => String(settings[key].value / per);
  return Object.fromEntries(NUMBERS.map(({ key, per }) => [key, shown(key, per)])) as NumbersDraft;
}

/** A number as people type it, with Arabic digits too; null when it is none that the setting takes. */
export function parsed(text: string, rule: NumberRule): number | null {
  const plain = text
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - "٠".charCodeAt(0)))
    .replace("٫", ".");
  if (!/^\d+(\.\d+)?$/.test(plain)) return null;
  const value = Number(plain) * rule.per;
  const whole = Math.round(value);
  const isWhole = Math.abs(value - whole) < 1e-6;
  return isWhole && whole >= rule.min && whole <= rule.max ? whole : null;
}

/** What is new, or the rules that something typed breaks. */
export function numbersChange(draft: NumbersDraft, settings: SettingsView): { change: Change; broken: NumberKey[] } {
  const change: Change = {};
  const broken: NumberKey[] = [];
  for (const rule of NUMBERS) {
    if (isFixed(settings[rule.key])) continue;
    const value = parsed(draft[rule.key], rule);
    if (value === null) broken.push(rule.key);
    else if (value !== settings[rule.key].value) change[rule.key] = value;
  }
  return { change, broken };
}
