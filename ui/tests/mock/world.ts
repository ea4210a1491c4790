// All that the fake backend knows. It changes only through ./answers.ts, ./scenarios.ts and the tests.
import type {
  CollectionRow,
  Conflict,
  Device,
  HeldDeletions,
  LocalFound,
  Page,
  Problem,
  Row,
  RulesAnswer,
  RulesView,
  Sample,
  SettingsView,
  Status,
  Verdict,
} from "../../src/lib/wire";
import { conflicts, rowsOf } from "./shop/conflicts";
import { asNotice, MASS_DELETION } from "./shop/held";
import { lists } from "./shop/lists";
import { problems } from "./shop/problems";
import { tried } from "./shop/rules";
import { goodVerdict, settings } from "./shop/settings";
import { devices, samples, status } from "./shop/status";

export type World = {
  status: Status;
  samples: Sample[];
  devices: Device[];
  collections: CollectionRow[];
  conflicts: Conflict[];
  problems: Problem[];
  held: HeldDeletions[];
  settings: SettingsView;
  found: LocalFound[];
  verdict: Verdict;
  rules: RulesView;
  tried: (text: string) => RulesAnswer;
  firstPage: Page;
  markedTogether: string[];
  rowsOf: (conflict: Conflict) => Row[];
};

const CONFLICTS = 24;

export function shop(now: number): World {
  const world: World = {
    status: status(now),
    samples: samples(now),
    devices: devices(now),
    collections: lists(),
    conflicts: conflicts(CONFLICTS, now),
    problems: problems(now),
    held: [],
    settings: settings(),
    found: [
      {
        address: "mongodb://127.0.0.1:27017",
        databases: ["bomba", "bomba_test"],
        replicaSet: true,
        needsPassword: false,
      },
    ],
    verdict: goodVerdict(),
    rules: { collections: [], problems: [] },
    tried,
    firstPage: "overview",
    markedTogether: [],
    rowsOf,
  };
  return count(world);
}

// The status repeats what other lists know.
export function count(world: World): World {
  world.status.conflictsOpen = world.conflicts.filter(({ seen }) => !seen).length;
  world.status.quarantined = world.problems.length;
  const others = world.status.notices.filter(({ kind }) => kind !== MASS_DELETION);
  world.status.notices = [...others, ...world.held.map(asNotice)];
  if (world.held.length > 0) world.status.state = "attention";
  return world;
}
