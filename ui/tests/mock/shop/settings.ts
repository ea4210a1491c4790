// Settings of a PC that was set up in its window, and the words of each setting's environment variable.
import type { Field, SettingsView, Verdict } from "../../../src/lib/wire";

export const SECRET = "pass-that-must-never-be-shown";

export function settings(): SettingsView {
  return {
    setUp: true,
    localServers: field<string | null>("127.0.0.1:27017", "BOMBA_LOCAL_URI"),
    atlasServers: field<string | null>("shop.ab1cd.mongodb.net", "BOMBA_ATLAS_URI"),
    database: field<string | null>("bomba", "BOMBA_DATABASE"),
    deviceName: field("الكاشير 1", "BOMBA_DEVICE_NAME"),
    bidirectional: field(true, "BIDIRECTIONAL_SYNC_ENABLED"),
    strategy: field("last-write-wins", "CONFLICT_RESOLUTION_STRATEGY"),
    batchSize: field(100, "ATLAS_CHANGE_STREAM_BATCH_SIZE"),
    originCleanupMs: field(5_000, "ORIGIN_TRACKING_CLEANUP_INTERVAL"),
    reconnectIntervalMs: field(5_000, "CHANGE_STREAM_RECONNECT_INTERVAL"),
    reconnectAttemptsMax: field(10, "CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS"),
    vaultRetentionDays: field(90, "BOMBA_VAULT_RETENTION_DAYS"),
    modelsFolder: field<string | null>(null, "BOMBA_MODELS_FOLDER"),
    rulesFile: field<string | null>(null, "BOMBA_RULES_FILE"),
    nodeProgram: field("node", "BOMBA_NODE"),
    notifyConflicts: field(true, "BOMBA_NOTIFY_CONFLICTS"),
    notifyAttention: field(true, "BOMBA_NOTIFY_ATTENTION"),
    notifyBackOnline: field(false, "BOMBA_NOTIFY_BACK_ONLINE"),
    startAtLogin: field(true, "BOMBA_START_AT_LOGIN"),
    language: field("en", "BOMBA_LANGUAGE"),
    theme: field("light", "BOMBA_THEME"),
    secrets: "keychain",
    file: "/home/shop/.config/bomba-sync/settings.json",
    logs: "/home/shop/.local/state/bomba-sync/logs",
  };
}

export function goodVerdict(): Verdict {
  const good = { answer: "ok", severity: "ok", remedy: null } as const;
  return {
    works: true,
    findings: [
      { ...good, kind: "reachable", side: "local", text: "reachable" },
      { ...good, kind: "replica-set", side: "local", text: "replica set rs0: changes come by change stream" },
      { ...good, kind: "version", side: "local", text: "MongoDB 6.0.14" },
      { ...good, kind: "reachable", side: "atlas", text: "reachable" },
      { ...good, kind: "version", side: "atlas", text: "MongoDB 7.0.5" },
      { ...good, kind: "rights", side: "atlas", text: "may read, write and follow changes" },
      { ...good, kind: "clock", side: null, text: "this PC's clock agrees to 12 ms" },
    ],
  };
}

export function badVerdict(): Verdict {
  return {
    works: false,
    findings: [
      { kind: "reachable", answer: "ok", side: "local", severity: "ok", text: "reachable", remedy: null },
      {
        kind: "replica-set",
        answer: "standalone",
        side: "local",
        severity: "problem",
        text: "a standalone server: it has no change streams",
        remedy: "add `replication: { replSetName: rs0 }` to mongod.conf, restart MongoDB, and run rs.initiate() once",
      },
      {
        kind: "rights",
        answer: "password",
        side: "atlas",
        severity: "problem",
        text: "the user name or password is not accepted",
        remedy: "check the user and password in the connection string",
      },
      {
        kind: "clock",
        answer: "clock-off",
        side: null,
        severity: "warning",
        text: "this PC's clock is off by 340000 ms",
        remedy: "switch on automatic time in the operating system's settings",
      },
    ],
  };
}

function field<T>(value: T, variable: string): Field<T> {
  return { value, source: "file", variable };
}
