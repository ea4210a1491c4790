// Generated from sync-api's wire types by `cargo test -p sync-api`; not to be edited.

export type State = "synced" | "syncing" | "offline" | "paused" | "attention";

export type Trouble = "unreachable" | "name-unknown" | "password" | "rights" | "certificate" | "standalone" | "too-old" | "other";

export type Local = { 
/**
 * Its changes arrive.
 */
connected: boolean, 
/**
 * The last error in words, without secrets.
 */
lastError?: string, 
/**
 * What kind of error that was.
 */
trouble?: Trouble, };

export type Atlas = { 
/**
 * Its changes arrive.
 */
connected: boolean, 
/**
 * Milliseconds to add to this PC's clock to get Atlas' clock; null until it is measured.
 */
clockOffsetMs: number | null, 
/**
 * The last error in words, without secrets.
 */
lastError?: string, 
/**
 * What kind of error that was.
 */
trouble?: Trouble, };

export type Direction = { 
/**
 * Changes finished, whatever the outcome.
 */
processed: number, 
/**
 * Changes written to the target.
 */
successful: number, 
/**
 * Changes that could not be applied.
 */
failed: number, 
/**
 * Conflicts settled.
 */
conflicts: number, 
/**
 * Keys waiting.
 */
pending: number, 
/**
 * Age of the oldest waiting key, in milliseconds.
 */
oldestPendingMs: number, 
/**
 * Mean time from looking at a changed document to the finished write, in milliseconds; waiting is not in it.
 */
avgProcessTimeMs: number, 
/**
 * Changes applied per second, over the last few seconds.
 */
perSecond: number, 
/**
 * A person paused this direction.
 */
paused: boolean, };

export type Mode = "both-ways" | "upload-only" | "off";

export type Compare = { 
/**
 * Documents looked at.
 */
done: number, 
/**
 * Documents expected, as counted when it began.
 */
total: number, 
/**
 * Documents per second.
 */
perSecond: number, 
/**
 * Seconds left at this rate; null while nothing moves.
 */
remainingS: number | null, };

export type Collection = { 
/**
 * Its name.
 */
name: string, 
/**
 * How it takes part.
 */
mode: Mode, 
/**
 * Why it is not synced, where it cannot be.
 */
notSynced?: string, 
/**
 * A full compare under way.
 */
compare?: Compare, };

export type Notice = { 
/**
 * A stable word for the kind.
 */
kind: string, 
/**
 * What happened and what to do, in English.
 */
text: string, 
/**
 * The side or collection it is about, where it is about one.
 */
about?: string, 
/**
 * How many documents it is about, where that is known.
 */
count?: number, };

export type Status = { 
/**
 * The one word.
 */
state: State, 
/**
 * This PC's UUID; empty until it is known.
 */
instanceId: string, 
/**
 * This PC's MongoDB.
 */
local: Local, 
/**
 * The shared MongoDB.
 */
atlas: Atlas, 
/**
 * Upload.
 */
localToAtlas: Direction, 
/**
 * Download.
 */
atlasToLocal: Direction, 
/**
 * All collections seen so far.
 */
collections: Array<Collection>, 
/**
 * Changes set aside.
 */
quarantined: number, 
/**
 * Conflicts nobody has looked at.
 */
conflictsOpen: number, 
/**
 * What needs a person.
 */
notices: Array<Notice>, 
/**
 * When a change was last written to either side, in milliseconds since 1970 by this PC's clock.
 */
lastChangeAt?: number, };

export type WhichWay = "upload" | "download";

export type Page = "overview" | "conflicts" | "collections" | "problems" | "settings" | "welcome";

export type Sample = { 
/**
 * When, by this PC's clock.
 */
at: number, 
/**
 * Changes uploaded in that second.
 */
up: number, 
/**
 * Changes downloaded in that second.
 */
down: number, };

export type Device = { 
/**
 * Its instance ID.
 */
id: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * When it last said that it lives.
 */
lastSeen: number, 
/**
 * How many of its changes waited then.
 */
pending: number, 
/**
 * Milliseconds its clock was behind Atlas' then.
 */
clockOffsetMs: number | null, 
/**
 * The version of Bomba Sync on it.
 */
version: string, 
/**
 * It is this PC.
 */
me: boolean, };

export type CollectionRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * How it takes part.
 */
mode: Mode, 
/**
 * An environment variable or a flag of this name decides, so that the window cannot.
 */
fixedBy: string | null, 
/**
 * Documents on this PC; null where it does not answer.
 */
localCount: number | null, 
/**
 * Documents on Atlas.
 */
atlasCount: number | null, 
/**
 * Why it cannot be synced: `view`, `time-series` or `capped`.
 */
notSynced: string | null, 
/**
 * A full compare under way.
 */
compare: Compare | null, 
/**
 * The field that names a document to people.
 */
labelField: string | null, };

export type LocalFound = { 
/**
 * Its address, such as `mongodb://127.0.0.1:27017`.
 */
address: string, 
/**
 * Its databases that could be kept in step; empty where it asks for a password first.
 */
databases: Array<string>, 
/**
 * It is part of a replica set.
 */
replicaSet: boolean, 
/**
 * It wants a user name and a password.
 */
needsPassword: boolean, };

export type Severity = "ok" | "warning" | "problem";

export type Finding = { 
/**
 * The question: `reachable`, `replica-set`, `version`, `rights`, `clock`, `models` or `rules-file`.
 */
kind: string, 
/**
 * The answer, a stable word for which a window has a sentence and what to do: `ok`, `unreachable`,
 * `name-unknown`, `certificate`, `password`, `standalone`, `not-initiated`, `too-old`, `unknown`, `rights`,
 * `clock-off`, `models-partly`, `rules-failing`, `other`.
 */
answer: string, 
/**
 * `local` or `atlas`; null where it is about neither.
 */
side: string | null, 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * What was found, in English.
 */
text: string, 
/**
 * What to do about it, in English.
 */
remedy: string | null, };

export type Verdict = { 
/**
 * Nothing is in the way of syncing.
 */
works: boolean, 
/**
 * Question by question.
 */
findings: Array<Finding>, };

export type Conflict = { 
/**
 * The record's ID.
 */
id: string, 
/**
 * The collection of the document.
 */
collection: string, 
/**
 * What people call the document: the labelled field's text, else its `_id`.
 */
label: string, 
/**
 * When it was found.
 */
detectedAt: number, 
/**
 * The PC that found it.
 */
detectedBy: string, 
/**
 * `edited-on-both-sides`, `deleted-later`, `deleted-unseen`, `dead` or `rolled-back`.
 */
reason: string, 
/**
 * `last-write-wins`, `atlas-wins` or `local-wins`.
 */
strategy: string, 
/**
 * The PC whose version won: its name, "atlas" for one written directly there, null where that is not known.
 */
winner: string | null, 
/**
 * When the winner was written.
 */
winnerAt: number | null, 
/**
 * The PC whose version lost.
 */
loser: string | null, 
/**
 * When the loser was written.
 */
loserAt: number | null, 
/**
 * A time was missing and had to be assumed.
 */
caution: boolean, 
/**
 * A person has dealt with it.
 */
seen: boolean, };

export type ConflictFilter = "open" | "all";

export type ConflictQuery = { 
/**
 * Open ones or all.
 */
filter: ConflictFilter, 
/**
 * Only this collection.
 */
collection?: string, 
/**
 * Only those with this text in label, collection or PC, in any case of letters; empty: no condition.
 */
search: string, 
/**
 * How many to leave out from the newest on.
 */
offset: number, 
/**
 * How many at most, from 1 to 500.
 */
limit: number, };

export type ConflictPage = { 
/**
 * How many there are that fit the query.
 */
total: number, 
/**
 * How many of all nobody has dealt with.
 */
open: number, 
/**
 * The collections that have any, for a filter.
 */
collections: Array<string>, 
/**
 * The part asked for.
 */
rows: Array<Conflict>, };

export type LeafKind = "text" | "number" | "date" | "flag" | "empty" | "other";

export type Leaf = { 
/**
 * How to show it.
 */
kind: LeafKind, 
/**
 * Dates in ISO 8601, numbers with a decimal point, at most 500 characters.
 */
text: string, };

export type Row = { 
/**
 * The names on the way to the field; places in a list count from 1.
 */
path: Array<string>, 
/**
 * In the first version: the one that won, or a document as it comes.
 */
first: Leaf | null, 
/**
 * In the second: the one that lost, or the document as it would be saved.
 */
second: Leaf | null, 
/**
 * They are not the same.
 */
differs: boolean, };

export type ConflictDetail = { 
/**
 * The record.
 */
conflict: Conflict, 
/**
 * The winner's content is not kept beside the loser's: it was deleted, or the two were too large together.
 */
winnerMissing: boolean, 
/**
 * Every field of either version, nested ones on rows of their own, in the order of the winner, which is the first.
 */
rows: Array<Row>, 
/**
 * There are more rows than are sent.
 */
truncated: boolean, };

export type RulesFailure = { 
/**
 * The path as the rules name it, such as `items.0.price`.
 */
path: string, 
/**
 * The rules' own words; empty where they have none.
 */
message: string, };

export type ProblemKind = "validation" | "clash" | "too-large" | "illegal-field" | "malformed" | "rules-refused" | "rules-failed" | "rules-unsettled" | "rules-unfit" | "other";

export type Problem = { 
/**
 * The record's ID.
 */
id: string, 
/**
 * The collection.
 */
collection: string, 
/**
 * The document's `_id` as text.
 */
document: string, 
/**
 * Where the change was going.
 */
direction: WhichWay, 
/**
 * Why it did not get there.
 */
kind: ProblemKind, 
/**
 * What Bomba's rules have against single fields; empty for other kinds.
 */
failures: Array<RulesFailure>, 
/**
 * The words of the server or of Bomba's rules; the engine's own are in English.
 */
reason: string, 
/**
 * When it was first set aside.
 */
firstAt: number, 
/**
 * When it was last tried.
 */
lastAt: number, 
/**
 * How often it was tried.
 */
attempts: number, };

export type HeldDeletions = { 
/**
 * The collection.
 */
collection: string, 
/**
 * Which way they go: `upload` means deleted on this PC.
 */
direction: WhichWay, 
/**
 * How many documents.
 */
count: number, 
/**
 * When the first was stopped, in milliseconds since 1970.
 */
since: number, };

export type RulesFrom = "models" | "file";

export type RuledCollection = { 
/**
 * Its name.
 */
name: string, 
/**
 * Where they come from; a model counts before the file.
 */
from: RulesFrom, };

export type RulesProblem = { 
/**
 * Where it lies.
 */
from: RulesFrom, 
/**
 * The file in the folder, or the collection in the rules file; null: nothing that lies there can be used.
 */
about: string | null, 
/**
 * Why, in English.
 */
text: string, };

export type RulesView = { 
/**
 * By name.
 */
collections: Array<RuledCollection>, 
/**
 * What cannot be used.
 */
problems: Array<RulesProblem>, };

export type Side = "local" | "atlas";

export type RulesSample = { 
/**
 * What people call it: the labelled field's text, else its `_id`.
 */
label: string, 
/**
 * The document as text that can be changed and tried: extended JSON, without the sync's own stamp.
 */
text: string, 
/**
 * The text stands for the very document. Else something in it has no text, and the trial may come out otherwise.
 */
exact: boolean, };

export type RefusedField = { 
/**
 * The field and the rules' words.
 */
failure: RulesFailure, 
/**
 * What the document holds there; null: nothing.
 */
value: Leaf | null, };

export type RulesAnswer = { "outcome": "unchanged" } | { "outcome": "changed", 
/**
 * Every field as it comes, and second as it would be saved.
 */
rows: Array<Row>, 
/**
 * There are more rows than are sent.
 */
truncated: boolean, } | { "outcome": "refused", 
/**
 * Why.
 */
kind: ProblemKind, 
/**
 * Field by field, as far as the rules name any.
 */
fields: Array<RefusedField>, 
/**
 * The rules' own words, the engine's around them in English.
 */
reason: string, };

export type Source = "flag" | "environment" | "file" | "default";

export type Field<T> = { 
/**
 * The value in force.
 */
value: T, 
/**
 * Where it comes from.
 */
source: Source, 
/**
 * Its environment variable.
 */
variable: string, };

export type Strategy = "last-write-wins" | "atlas-wins" | "local-wins";

export type Language = "system" | "en" | "ar";

export type Theme = "system" | "light" | "dark";

export type Secrets = "keychain" | "file";

export type SettingsView = { 
/**
 * Both addresses and the database are there.
 */
setUp: boolean, 
/**
 * The servers of this PC's MongoDB, without user and password; null: not set.
 */
localServers: Field<string | null>, 
/**
 * The servers of Atlas, without user and password; null: not set.
 */
atlasServers: Field<string | null>, 
/**
 * The database kept in step; null: not set.
 */
database: Field<string | null>, 
/**
 * What other PCs see this one called.
 */
deviceName: Field<string>, 
/**
 * Atlas' changes come to this PC.
 */
bidirectional: Field<boolean>, 
/**
 * Who wins when both sides changed a document.
 */
strategy: Field<Strategy>, 
/**
 * Events asked of a change stream at a time, 1 to 10,000.
 */
batchSize: Field<number>, 
/**
 * Milliseconds a write of our own is remembered, 1 to 86,400,000.
 */
originCleanupMs: Field<number>, 
/**
 * Milliseconds before a lost connection is tried again, 1 to 3,600,000.
 */
reconnectIntervalMs: Field<number>, 
/**
 * Tries in a row before the status asks for attention, 1 to 1,000,000.
 */
reconnectAttemptsMax: Field<number>, 
/**
 * Days a version that lost is kept, 1 to 36,500.
 */
vaultRetentionDays: Field<number>, 
/**
 * The folder of Bomba's models, which see what comes from Atlas before it is written; null: none.
 */
modelsFolder: Field<string | null>, 
/**
 * A file with rules for collections that have no model; null: none.
 */
rulesFile: Field<string | null>, 
/**
 * The program of Node.js, which runs the models.
 */
nodeProgram: Field<string>, 
/**
 * Say when a conflict was settled.
 */
notifyConflicts: Field<boolean>, 
/**
 * Say when something needs a person.
 */
notifyAttention: Field<boolean>, 
/**
 * Say when the connection is back after a long time.
 */
notifyBackOnline: Field<boolean>, 
/**
 * Start when the person logs in.
 */
startAtLogin: Field<boolean>, 
/**
 * The language.
 */
language: Field<Language>, 
/**
 * The look.
 */
theme: Field<Theme>, 
/**
 * Where connection strings are kept.
 */
secrets: Secrets, 
/**
 * The settings file.
 */
file: string, 
/**
 * The folder of the log.
 */
logs: string, };

export type Change = { 
/**
 * The whole connection string.
 */
localUri?: string, 
/**
 * The whole connection string.
 */
atlasUri?: string, 
/**
 * See [`SettingsView`] for this and the others.
 */
database?: string, deviceName?: string, bidirectional?: boolean, strategy?: Strategy, batchSize?: number, originCleanupMs?: number, reconnectIntervalMs?: number, reconnectAttemptsMax?: number, vaultRetentionDays?: number, 
/**
 * A whole path to a folder that exists; empty: none.
 */
modelsFolder?: string, 
/**
 * A whole path to a file that exists; empty: none.
 */
rulesFile?: string, 
/**
 * A whole path to a file that exists, or a name that the system finds.
 */
nodeProgram?: string, notifyConflicts?: boolean, notifyAttention?: boolean, notifyBackOnline?: boolean, startAtLogin?: boolean, language?: Language, theme?: Theme, };

export type Trial = { 
/**
 * Left out: the one in force.
 */
localUri?: string, 
/**
 * Left out: the one in force.
 */
atlasUri?: string, 
/**
 * Left out: the one in force.
 */
database?: string, };

export type FailureKind = "not-set-up" | "bad-value" | "no-such-place" | "fixed" | "local-away" | "atlas-away" | "gone" | "rules-failing" | "too-large" | "too-slow" | "storage" | "other";

export type Failure = { 
/**
 * What stands in the way.
 */
kind: FailureKind, 
/**
 * The setting it is about.
 */
field: string | null, 
/**
 * In English, without secrets.
 */
text: string, };
