// Settings to start from in tests: set up, nothing decided elsewhere.
import type { Field, SettingsView } from "../../lib/wire";

export const field = <T>(value: T, source: Field<T>["source"] = "file"): Field<T> => ({
  value,
  source,
  variable: "BOMBA_X",
});

export const settingsOf = (change: Partial<SettingsView> = {}): SettingsView => ({
  setUp: true,
  localServers: field<string | null>("127.0.0.1:27017"),
  atlasServers: field<string | null>("c.ab1cd.mongodb.net"),
  database: field<string | null>("bomba"),
  deviceName: field("Till 1"),
  bidirectional: field(true),
  strategy: field("last-write-wins"),
  batchSize: field(100),
  originCleanupMs: field(60_000),
  reconnectIntervalMs: field(5000),
  reconnectAttemptsMax: field(10),
  vaultRetentionDays: field(90),
  modelsFolder: field<string | null>(null),
  rulesFile: field<string | null>(null),
  nodeProgram: field("node"),
  notifyConflicts: field(true),
  notifyAttention: field(true),
  notifyBackOnline: field(true),
  startAtLogin: field(true),
  language: field("system"),
  theme: field("system"),
  secrets: "keychain",
  file: "/settings.toml",
  logs: "/logs",
  ...change,
});
