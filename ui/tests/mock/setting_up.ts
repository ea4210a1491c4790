// Settings as the backend changes and tests them: bounds, what the environment fixes, no way back for a secret.
import type { Change, Field, SettingsView, Trial, Verdict } from "../../src/lib/wire";
import { Refusal } from "./refusal";
import { badVerdict } from "./shop/settings";
import type { World } from "./world";

type Settable = Exclude<keyof Change, "localUri" | "atlasUri">;

const BOUNDS: Partial<Record<Settable, number>> = {
  batchSize: 10_000,
  originCleanupMs: 86_400_000,
  reconnectIntervalMs: 3_600_000,
  reconnectAttemptsMax: 1_000_000,
  vaultRetentionDays: 36_500,
};

// What the backend calls a place, and what is there on the PC of the tests.
const PLACES: Partial<Record<keyof Change, { name: string; there: RegExp }>> = {
  modelsFolder: { name: "models_folder", there: /^(|\/srv\/bomba\/models)$/ },
  rulesFile: { name: "rules_file", there: /^(|\/srv\/bomba\/rules\.json)$/ },
  nodeProgram: { name: "node_program", there: /^[^/]+$|^\/opt\/node$/ },
};

export function changed(world: World, change: Change): SettingsView {
  const next = { ...world.settings };
  for (const [key, value] of Object.entries(change) as [keyof Change, Change[keyof Change]][]) {
    if (value === undefined) continue;
    const shown = key === "localUri" ? "localServers" : key === "atlasUri" ? "atlasServers" : key;
    const field = next[shown] as Field<unknown>;
    if (field.source === "environment" || field.source === "flag") {
      throw new Refusal({ kind: "fixed", field: key, text: `${field.variable} decides` });
    }
    const bound = BOUNDS[key as Settable];
    if (bound !== undefined && (Number(value) < 1 || Number(value) > bound)) {
      throw new Refusal({ kind: "bad-value", field: key, text: `${key} must be from 1 to ${String(bound)}` });
    }
    const place = PLACES[key];
    if (place?.there.test(String(value)) === false) {
      throw new Refusal({ kind: "no-such-place", field: place.name, text: `${place.name}: there is nothing` });
    }
    const given = place !== undefined && value === "" ? null : value;
    Object.assign(next, {
      [shown]: { ...field, value: shown === key ? given : servers(key, String(value)), source: "file" },
    });
  }
  world.settings = next;
  return next;
}

// An address with "wrong" in it is one whose password is refused.
export function tried(world: World, trial: Trial): Verdict {
  return [trial.localUri, trial.atlasUri].some((uri) => uri?.includes("wrong")) ? badVerdict() : world.verdict;
}

function servers(key: string, uri: string): string {
  const found = /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(uri)?.[1];
  if (found === undefined) throw new Refusal({ kind: "bad-value", field: key, text: "not a MongoDB address" });
  return found;
}
