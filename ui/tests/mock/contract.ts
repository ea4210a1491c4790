// The commands and events of the backend, as ../../src/lib/ipc.ts must call and hear them. The mock refuses anything else.
import type {
  Change,
  CollectionRow,
  ConflictDetail,
  ConflictPage,
  ConflictQuery,
  Device,
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
} from "../../src/lib/wire";

type None = Record<string, never>;

export type Contract = {
  status: { args: None; answer: Status };
  samples: { args: None; answer: Sample[] };
  devices: { args: None; answer: Device[] };
  pause: { args: { way: WhichWay | null; paused: boolean }; answer: null };
  sync_now: { args: None; answer: null };
  conflicts: { args: { query: ConflictQuery }; answer: ConflictPage };
  conflict: { args: { id: string }; answer: ConflictDetail };
  restore_conflict: { args: { id: string }; answer: null };
  mark_conflicts: { args: { ids: string[] | null; seen: boolean }; answer: number };
  collections: { args: None; answer: CollectionRow[] };
  set_mode: { args: { name: string; mode: Mode }; answer: null };
  set_label: { args: { name: string; field: string | null }; answer: null };
  resync: { args: { name: string | null }; answer: null };
  problems: { args: None; answer: Problem[] };
  retry_problem: { args: { id: string | null }; answer: number };
  discard_problem: { args: { id: string }; answer: null };
  export_problems: { args: None; answer: string };
  held_deletions: { args: None; answer: HeldDeletions[] };
  apply_deletions: { args: { collection: string; direction: WhichWay }; answer: number };
  restore_deletions: { args: { collection: string; direction: WhichWay }; answer: number };
  settings: { args: None; answer: SettingsView };
  change_settings: { args: { change: Change }; answer: SettingsView };
  test_connections: { args: { trial: Trial }; answer: Verdict };
  find_local: { args: None; answer: LocalFound[] };
  preview_collections: { args: { trial: Trial }; answer: CollectionRow[] };
  set_up: { args: { change: Change; modes: Record<string, Mode> }; answer: SettingsView };
  rules: { args: None; answer: RulesView };
  rules_sample: { args: { name: string; side: Side; called: string | null }; answer: RulesSample };
  try_rules: { args: { name: string; text: string }; answer: RulesAnswer };
  save_bundle: { args: None; answer: string };
  reveal: { args: { path: string }; answer: null };
  first_page: { args: None; answer: Page };
};

export type Command = keyof Contract;
export type Args<C extends Command> = Contract[C]["args"];
export type Answer<C extends Command> = Contract[C]["answer"];

export type Events = {
  status: Status;
  page: Page;
  settings: SettingsView;
  conflicts: null;
};
