// Named starting points: `?scenario=offline` or several, `?scenario=offline,fixed`.
import type { SettingsView } from "../../src/lib/wire";
import { conflicts } from "./shop/conflicts";
import { held } from "./shop/held";
import { hostile } from "./shop/hostile";
import { asStatus } from "./shop/lists";
import { amiss, rules } from "./shop/rules";
import { badVerdict } from "./shop/settings";
import type { World } from "./world";

type Scenario = (world: World, now: number) => void;

const MANY = 10_000;

export const scenarios = {
  synced: () => undefined,

  syncing: ({ status }) => {
    status.state = "syncing";
    status.localToAtlas = { ...status.localToAtlas, pending: 37, oldestPendingMs: 4_200, perSecond: 18.4, failed: 1 };
    status.atlasToLocal = { ...status.atlasToLocal, pending: 5, oldestPendingMs: 900, perSecond: 6.1 };
  },

  comparing: (world) => {
    world.status.state = "syncing";
    world.status.atlasToLocal.perSecond = 412;
    for (const row of world.collections) {
      if (row.name === "bills") row.compare = { done: 7_281, total: 18_204, perSecond: 412, remainingS: 26.5 };
      if (row.name === "products") row.compare = { done: 0, total: 4_750, perSecond: 0, remainingS: null };
    }
    world.status.collections = asStatus(world.collections);
  },

  offline: ({ status, collections }) => {
    status.state = "offline";
    status.atlas = {
      connected: false,
      clockOffsetMs: null,
      lastError: "Server selection timeout: No available servers",
      trouble: "unreachable",
    };
    status.localToAtlas = { ...status.localToAtlas, pending: 12, oldestPendingMs: 7_380_000 };
    for (const row of collections) row.atlasCount = null;
  },

  paused: ({ status }) => {
    status.state = "paused";
    status.localToAtlas = { ...status.localToAtlas, paused: true, pending: 4, oldestPendingMs: 60_000 };
    status.atlasToLocal.paused = true;
  },

  attention: (world, now) => {
    const { status } = world;
    world.held = held(now);
    status.state = "attention";
    status.atlas = {
      connected: false,
      clockOffsetMs: 340_000,
      lastError: "SCRAM failure: Authentication failed.",
      trouble: "password",
    };
    status.notices = [
      { kind: "unauthorized", text: "SCRAM failure: Authentication failed.", about: "atlas" },
      { kind: "reconnect-failing", text: "Atlas has not answered for 10 tries", about: "atlas" },
      { kind: "standalone", text: "MongoDB on this PC is a standalone server", about: "local" },
      { kind: "quarantine", text: "10 documents could not be applied and were set aside", count: 10 },
      { kind: "vault", text: "2 conflicts wait, and nothing is overwritten", count: 2 },
      { kind: "rules-failing", text: "the rules file /srv/bomba/rules.json cannot be used: No such file or directory" },
      { kind: "clock", text: "this PC's clock is 5 minutes away from Atlas'; set it right" },
      { kind: "dropped", text: "collection products was dropped or renamed on Atlas", about: "products" },
    ];
  },

  "mass-deletion": (world, now) => {
    world.held = held(now);
  },

  // Two settings and one list are decided outside the window.
  fixed: ({ settings, collections }) => {
    settings.atlasServers.source = "environment";
    settings.strategy.source = "environment";
    settings.batchSize.source = "flag";
    for (const row of collections) {
      if (row.name === "customers") row.fixedBy = "BIDIRECTIONAL_EXCLUDED_COLLECTIONS";
    }
  },

  "all-fixed": ({ settings }) => {
    for (const value of Object.values<SettingsView[keyof SettingsView]>(settings)) {
      if (typeof value === "object") value.source = "environment";
    }
  },

  "first-run": (world) => {
    world.settings.setUp = false;
    for (const name of ["localServers", "atlasServers", "database"] as const) {
      world.settings[name] = { ...world.settings[name], value: null, source: "default" };
    }
    world.firstPage = "welcome";
    world.conflicts = [];
    world.problems = [];
    world.samples = [];
    world.status = {
      ...world.status,
      state: "syncing",
      local: { connected: false },
      atlas: { connected: false, clockOffsetMs: null },
      collections: [],
    };
    delete world.status.lastChangeAt;
  },

  "nothing-found": (world) => {
    world.found = [];
  },

  "bad-connection": (world) => {
    world.verdict = badVerdict();
  },

  empty: (world) => {
    world.conflicts = [];
    world.problems = [];
    world.devices = world.devices.filter(({ me }) => me);
    world.samples = [];
    world.collections = [];
    world.status.collections = [];
    delete world.status.lastChangeAt;
  },

  crowded: (world, now) => {
    world.conflicts = conflicts(MANY, now);
  },

  checks: (world) => {
    placed(world);
    world.rules = rules();
  },

  "checks-amiss": (world) => {
    placed(world);
    world.rules = amiss();
  },

  hostile,
} satisfies Record<string, Scenario>;

function placed({ settings }: World): void {
  settings.modelsFolder.value = "/srv/bomba/models";
  settings.rulesFile.value = "/srv/bomba/rules.json";
}

export type ScenarioName = keyof typeof scenarios;

export function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name);
}
