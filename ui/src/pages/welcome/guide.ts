// The guided start as data: its steps, what was entered, and what follows from it.
import { databaseIn, flaw, withLogin } from "../../connections/addresses";
import type { Change, CollectionRow, Field, LocalFound, Mode, SettingsView, Trial } from "../../lib/wire";
import { canChange } from "../../lists/modes";
import { isFixed } from "../settings/fields";

export const STEPS = ["hello", "pc", "cloud", "test", "lists", "copy"] as const;
export type StepName = (typeof STEPS)[number];

export interface Draft {
  /** One that was found on this PC; null: the typed one counts. */
  found: LocalFound | null;
  typed: string;
  user: string;
  password: string;
  atlas: string;
  database: string;
  deviceName: string;
}

export const emptyDraft = (settings: SettingsView): Draft => ({
  found: null,
  typed: "",
  user: "",
  password: "",
  atlas: "",
  database: settings.database.value ?? "",
  deviceName: settings.deviceName.value,
});

export function localUri({ found, typed, user, password }: Draft): string {
  if (!found) return typed.trim();
  return found.needsPassword ? withLogin(found.address, user, password) : found.address;
}

/** What is decided elsewhere is left out, and so is what was not entered: the one in force counts. */
export function trial(draft: Draft, settings: SettingsView): Trial {
  const made: Trial = {};
  const local = localUri(draft);
  const atlas = draft.atlas.trim();
  const database = draft.database.trim();
  if (!isFixed(settings.localServers) && local !== "") made.localUri = local;
  if (!isFixed(settings.atlasServers) && atlas !== "") made.atlasUri = atlas;
  if (!isFixed(settings.database) && database !== "") made.database = database;
  return made;
}

export function change(draft: Draft, settings: SettingsView): Change {
  const name = draft.deviceName.trim();
  const isNew = name !== "" && name !== settings.deviceName.value && !isFixed(settings.deviceName);
  return { ...trial(draft, settings), ...(isNew ? { deviceName: name } : {}) };
}

/** Whether a step's questions are answered, so that the next may come. */
export function isAnswered(step: StepName, draft: Draft, settings: SettingsView, works: boolean): boolean {
  switch (step) {
    case "hello":
    case "lists":
    case "copy":
      return true;
    case "pc":
      return pcIsAnswered(draft, settings);
    case "cloud":
      return (
        entered(draft.atlas, settings.atlasServers) &&
        flaw(draft.atlas) === null &&
        entered(draft.database, settings.database)
      );
    case "test":
      return works;
  }
}

function pcIsAnswered(draft: Draft, settings: SettingsView): boolean {
  if (draft.found) return !draft.found.needsPassword || (draft.user !== "" && draft.password !== "");
  return entered(draft.typed, settings.localServers) && flaw(draft.typed) === null;
}

const entered = (typed: string, field: Field<string | null>): boolean => typed.trim() !== "" || field.value !== null;

/** The one to begin with: prepared, and open to us, if there is one. */
export function best(found: readonly LocalFound[]): LocalFound | null {
  const rank = (one: LocalFound): number => Number(!one.replicaSet) * 2 + Number(one.needsPassword);
  return [...found].sort((one, two) => rank(one) - rank(two))[0] ?? null;
}

/** Names for the database to choose from, the likeliest first. */
export function suggestions(draft: Draft): string[] {
  const named = [databaseIn(draft.atlas), ...(draft.found?.databases ?? [])].filter((name) => name !== null);
  return [...new Set(named)];
}

export const chosenModes = (rows: readonly CollectionRow[]): Record<string, Mode> =>
  Object.fromEntries(rows.filter(canChange).map((row) => [row.name, row.mode]));
