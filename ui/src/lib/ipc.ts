// The one door to the backend: no other file imports @tauri-apps, so the pages run against any backend that answers here.
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";
import type {
  Change,
  CollectionRow,
  ConflictDetail,
  ConflictPage,
  ConflictQuery,
  Device,
  Failure,
  HeldDeletions,
  LocalFound,
  Mode,
  Page,
  Problem,
  RulesAnswer,
  RulesSample,
  RulesView,
  Sample,
  SettingsView,
  Side,
  Status,
  Trial,
  Verdict,
  WhichWay,
} from "./wire";

export const status = () => invoke<Status>("status");
export const samples = () => invoke<Sample[]>("samples");
export const devices = () => invoke<Device[]>("devices");
/** `null` is both directions. */
export const pause = (way: WhichWay | null, paused: boolean) => invoke<null>("pause", { way, paused });
export const syncNow = () => invoke<null>("sync_now");

export const conflicts = (query: ConflictQuery) => invoke<ConflictPage>("conflicts", { query });
export const conflict = (id: string) => invoke<ConflictDetail>("conflict", { id });
export const restoreConflict = (id: string) => invoke<null>("restore_conflict", { id });
/** `null` is all open ones. Resolves to how many were marked. */
export const markConflicts = (ids: string[] | null, seen: boolean) => invoke<number>("mark_conflicts", { ids, seen });

export const collections = () => invoke<CollectionRow[]>("collections");
export const setMode = (name: string, mode: Mode) => invoke<null>("set_mode", { name, mode });
/** `null` names documents by their `_id` again. */
export const setLabel = (name: string, field: string | null) => invoke<null>("set_label", { name, field });
/** `null` is every collection. */
export const resync = (name: string | null) => invoke<null>("resync", { name });

export const problems = () => invoke<Problem[]>("problems");
/** `null` is every problem. Resolves to how many are tried again. */
export const retryProblem = (id: string | null) => invoke<number>("retry_problem", { id });
export const discardProblem = (id: string) => invoke<null>("discard_problem", { id });
/** Resolves to the path of the file written. */
export const exportProblems = () => invoke<string>("export_problems");

/** Mass deletions that wait until somebody says whether they are meant. */
export const heldDeletions = () => invoke<HeldDeletions[]>("held_deletions");
/** They are meant. Resolves to how many are made. */
export const applyDeletions = (collection: string, direction: WhichWay) =>
  invoke<number>("apply_deletions", { collection, direction });
/** They are not. Resolves to how many documents were put back. */
export const restoreDeletions = (collection: string, direction: WhichWay) =>
  invoke<number>("restore_deletions", { collection, direction });

export const settings = () => invoke<SettingsView>("settings");
export const changeSettings = (change: Change) => invoke<SettingsView>("change_settings", { change });
export const testConnections = (trial: Trial) => invoke<Verdict>("test_connections", { trial });
export const findLocal = () => invoke<LocalFound[]>("find_local");
export const previewCollections = (trial: Trial) => invoke<CollectionRow[]>("preview_collections", { trial });
/** Saves everything and starts syncing. */
export const setUp = (change: Change, modes: Record<string, Mode>) => invoke<SettingsView>("set_up", { change, modes });

/** The models are loaded for it: it takes its time. */
export const rules = () => invoke<RulesView>("rules");
/** `null` is the newest; else what people know the document by. */
export const rulesSample = (name: string, side: Side, called: string | null) =>
  invoke<RulesSample>("rules_sample", { name, side, called });
/** Nothing is written. It takes its time, too. */
export const tryRules = (name: string, text: string) => invoke<RulesAnswer>("try_rules", { name, text });

/** Resolves to the path of the zip. */
export const saveBundle = () => invoke<string>("save_bundle");
export const reveal = (path: string) => invoke<null>("reveal", { path });
export const firstPage = () => invoke<Page>("first_page");

interface Events {
  status: Status;
  page: Page;
  settings: SettingsView;
  conflicts: null;
}

const on = <E extends keyof Events>(event: E, hear: (payload: Events[E]) => void): Promise<UnlistenFn> =>
  listen<Events[E]>(event, (heard) => {
    hear(heard.payload);
  });

export const onStatus = (hear: (status: Status) => void) => on("status", hear);
export const onPage = (hear: (page: Page) => void) => on("page", hear);
export const onSettings = (hear: (settings: SettingsView) => void) => on("settings", hear);
export const onConflicts = (hear: () => void) => on("conflicts", hear);

/** Whatever was thrown, as a failure a page has words for. */
export function failure(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null && "kind" in thrown && "text" in thrown) {
    return thrown as Failure;
  }
  return { kind: "other", field: null, text: String(thrown) };
}
