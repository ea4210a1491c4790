// What each command does to the world and answers: the rules of the backend as far as a window can tell them.
import type { Answer, Args, Command, Events } from "./contract";
import { Refusal } from "./refusal";
import { changed, tried } from "./setting_up";
import { isWinnerMissing } from "./shop/conflicts";
import { asStatus } from "./shop/lists";
import { sample } from "./shop/rules";
import { count, type World } from "./world";

export type Say = <E extends keyof Events>(event: E, payload: Events[E]) => void;
type Does<C extends Command> = (world: World, args: Args<C>, say: Say) => Answer<C>;

const BUNDLE = "/home/shop/Documents/bomba-sync-2026-11-20.zip";
const PROBLEMS = "/home/shop/Documents/bomba-sync-problems.csv";
const WRITTEN = [BUNDLE, PROBLEMS];

export const answers: { [C in Command]: Does<C> } = {
  status: (world) => world.status,
  samples: (world) => world.samples,
  devices: (world) => world.devices,
  first_page: (world) => world.firstPage,
  collections: (world) => world.collections,
  problems: (world) => world.problems,
  held_deletions: (world) => world.held,
  settings: (world) => world.settings,
  find_local: (world) => world.found,
  sync_now: () => null,

  reveal: (_world, { path }) => {
    if (!WRITTEN.includes(path)) {
      throw new Refusal({ kind: "other", field: null, text: "this program did not write that file" });
    }
    return null;
  },

  save_bundle: () => BUNDLE,
  export_problems: () => PROBLEMS,

  pause: (world, { way, paused }, say) => {
    const { status } = world;
    if (way !== "download") status.localToAtlas.paused = paused;
    if (way !== "upload") status.atlasToLocal.paused = paused;
    status.state = status.localToAtlas.paused && status.atlasToLocal.paused ? "paused" : "synced";
    say("status", status);
    return null;
  },

  conflicts: (world, { query }) => {
    const wanted = query.search.toLowerCase();
    // The time that the fake takes must not show in that of the page.
    const isNamed = ({ label, collection, winner, loser, detectedBy }: World["conflicts"][number]): boolean =>
      wanted === "" ||
      [label, collection, winner, loser, detectedBy].some((text) => text?.toLowerCase().includes(wanted));
    const fits = world.conflicts.filter(
      (each) =>
        (query.filter === "all" || !each.seen) &&
        (query.collection === undefined || query.collection === each.collection) &&
        isNamed(each),
    );
    return {
      total: fits.length,
      open: world.conflicts.filter(({ seen }) => !seen).length,
      collections: [...new Set(world.conflicts.map(({ collection }) => collection))].sort(),
      rows: fits.slice(query.offset, query.offset + query.limit),
    };
  },

  conflict: (world, { id }) => {
    const conflict = find(world.conflicts, id);
    return { conflict, winnerMissing: isWinnerMissing(conflict), rows: world.rowsOf(conflict), truncated: false };
  },

  restore_conflict: (world, { id }, say) => {
    find(world.conflicts, id).seen = true;
    return conflictsChanged(world, say);
  },

  mark_conflicts: (world, { ids, seen }, say) => {
    const meant =
      ids ?? (seen ? world.conflicts.filter((each) => !each.seen).map(({ id }) => id) : world.markedTogether);
    if (ids === null && seen) world.markedTogether = meant;
    const ofThem = new Set(meant);
    const changing = world.conflicts.filter((each) => ofThem.has(each.id) && each.seen !== seen);
    for (const each of changing) each.seen = seen;
    conflictsChanged(world, say);
    return changing.length;
  },

  set_mode: (world, { name, mode }, say) => {
    const row = listNamed(world, name);
    if (row.fixedBy !== null) throw new Refusal({ kind: "fixed", field: row.fixedBy, text: `${row.fixedBy} decides` });
    row.mode = mode;
    return listsChanged(world, say);
  },

  set_label: (world, { name, field }) => {
    listNamed(world, name).labelField = field;
    return null;
  },

  resync: (world, { name }, say) => {
    for (const row of world.collections) {
      if (name !== null && name !== row.name) continue;
      if (row.mode !== "off") row.compare = { done: 0, total: row.localCount ?? 0, perSecond: 0, remainingS: null };
    }
    world.status.state = "syncing";
    return listsChanged(world, say);
  },

  retry_problem: (world, { id }, say) => {
    const tried = world.problems.filter((each) => id === null || id === each.id);
    if (id !== null) find(world.problems, id);
    return remainingProblems(world, (each) => !tried.includes(each), say, tried.length);
  },

  discard_problem: (world, { id }, say) => {
    find(world.problems, id);
    return remainingProblems(world, (each) => each.id !== id, say, null);
  },

  apply_deletions: (world, which, say) => answerHeld(world, which, say),

  restore_deletions: (world, which, say) => answerHeld(world, which, say),

  change_settings: (world, { change }) => changed(world, change),

  rules: (world) => world.rules,

  rules_sample: (_world, { name, side, called }) => sample(name, side, called),

  try_rules: (world, { text }) => world.tried(text),

  test_connections: (world, { trial }) => tried(world, trial),

  preview_collections: (world, { trial }) => {
    if (!tried(world, trial).works) {
      throw new Refusal({ kind: "atlas-away", field: null, text: "Atlas does not answer" });
    }
    return world.collections;
  },

  set_up: (world, { change, modes }, say) => {
    changed(world, change);
    world.settings.setUp = true;
    for (const row of world.collections) {
      row.mode = modes[row.name] ?? row.mode;
      if (row.mode !== "off") {
        row.compare = { done: 0, total: row.atlasCount ?? 0, perSecond: 0, remainingS: null };
      }
    }
    world.status.state = "syncing";
    world.status.local = { connected: true };
    world.status.atlas = { connected: true, clockOffsetMs: 12 };
    listsChanged(world, say);
    return world.settings;
  },
};

function find<T extends { id: string }>(all: T[], id: string): T {
  const found = all.find((each) => each.id === id);
  if (found === undefined) throw new Refusal({ kind: "gone", field: null, text: `${id} is not there any more` });
  return found;
}

function listNamed(world: World, name: string): World["collections"][number] {
  const found = world.collections.find((each) => each.name === name);
  if (found === undefined) throw new Refusal({ kind: "gone", field: null, text: `${name} is not there any more` });
  return found;
}

function conflictsChanged(world: World, say: Say): null {
  say("conflicts", null);
  say("status", count(world).status);
  return null;
}

function listsChanged(world: World, say: Say): null {
  world.status.collections = asStatus(world.collections);
  say("status", world.status);
  return null;
}

function remainingProblems<T>(
  world: World,
  stays: (each: World["problems"][number]) => boolean,
  say: Say,
  answer: T,
): T {
  world.problems = world.problems.filter(stays);
  say("status", count(world).status);
  return answer;
}

// Either way they wait no longer. One that was answered already is no failure: there is nothing left to do.
function answerHeld(world: World, { collection, direction }: Args<"apply_deletions">, say: Say): number {
  const isMeant = (each: World["held"][number]): boolean =>
    each.collection === collection && each.direction === direction;
  const meant = world.held.find(isMeant);
  world.held = world.held.filter((each) => !isMeant(each));
  if (count(world).status.notices.length === 0) world.status.state = "synced";
  say("status", world.status);
  return meant?.count ?? 0;
}
