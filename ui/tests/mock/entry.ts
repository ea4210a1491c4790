// Runs in the page before the application does, from a bundle of its own that is never shipped. The address chooses:
// ?scenario=offline,fixed&page=conflicts&language=ar&theme=dark
import { emit } from "@tauri-apps/api/event";
import { mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import type { Failure, Language, Page, Theme } from "../../src/lib/wire";
import { answers } from "./answers";
import { Refusal } from "./refusal";
import type { Command, Events } from "./contract";
import { isCommand, refused } from "./guards";
import type { Call, Mock } from "./mock";
import { isScenario, scenarios } from "./scenarios";
import { count, shop, type World } from "./world";

// Until both sides are known there is no engine that could answer these.
const NEEDS_SET_UP: Command[] = [
  "devices",
  "pause",
  "sync_now",
  "conflicts",
  "conflict",
  "restore_conflict",
  "mark_conflicts",
  "collections",
  "set_mode",
  "set_label",
  "resync",
  "problems",
  "retry_problem",
  "discard_problem",
  "export_problems",
  "held_deletions",
  "apply_deletions",
  "restore_deletions",
  "rules",
  "rules_sample",
  "try_rules",
];

const asked = new URLSearchParams(location.search);
const world = beginning();
const calls: Call[] = [];
const faults: string[] = [];
const failing = new Map<Command, Failure>();
const held = new Map<Command, (() => void)[]>();

mockWindows("main");
mockIPC(take, { shouldMockEvents: true });

const mock: Mock = {
  world,
  calls,
  faults,
  answered: [],
  say,
  changeStatus: (change) => {
    Object.assign(world.status, change);
    return say("status", world.status);
  },
  fail: (command, failure) => {
    if (failure === null) failing.delete(command);
    else failing.set(command, failure);
  },
  hold: (command) => void held.set(command, []),
  release: (command) => {
    const waiting = held.get(command) ?? [];
    held.delete(command);
    for (const go of waiting) go();
  },
};
window.mock = mock;

async function take(name: string, sent: unknown): Promise<unknown> {
  // The real IPC is JSON as well: `undefined` is lost on the way, and neither end can change what the other holds.
  const args = json(sent ?? {}) as Record<string, unknown>;
  const call: Call = { command: name, args, state: "waiting" };
  calls.push(call);
  if (!isCommand(name)) return fault(`there is no command ${name}`);
  const wrong = refused(name, args);
  if (wrong.length > 0) return fault(wrong.join("; "));
  await new Promise<void>((go) => {
    const waiting = held.get(name);
    if (waiting === undefined) go();
    else waiting.push(go);
  });
  try {
    const failure = failing.get(name);
    if (failure !== undefined) throw new Refusal(failure);
    if (!world.settings.setUp && NEEDS_SET_UP.includes(name)) {
      throw new Refusal({ kind: "not-set-up", field: null, text: "nothing is set up yet" });
    }
    const answer = json((answers[name] as (...given: unknown[]) => unknown)(world, withNulls(name, args), say));
    call.state = "answered";
    mock.answered.push(answer);
    return answer;
  } catch (error) {
    call.state = "failed";
    if (!(error instanceof Refusal)) return fault(`${name}: ${String(error)}`);
    mock.answered.push(error.failure);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the real IPC rejects with the plain object, too
    throw json(error.failure);
  }
}

function say<E extends keyof Events>(event: E, payload: Events[E]): Promise<void> {
  mock.answered.push(json(payload));
  return emit(event, json(payload));
}

function beginning(): World {
  const now = Date.now();
  const made = shop(now);
  for (const name of (asked.get("scenario") ?? "synced").split(",")) {
    if (!isScenario(name)) throw new Error(`there is no scenario ${name}`);
    scenarios[name](made, now);
  }
  const { settings } = made;
  made.firstPage = (asked.get("page") as Page | null) ?? made.firstPage;
  settings.language.value = (asked.get("language") as Language | null) ?? settings.language.value;
  settings.theme.value = (asked.get("theme") as Theme | null) ?? settings.theme.value;
  return count(made);
}

function withNulls(name: Command, args: Record<string, unknown>): Record<string, unknown> {
  const nullable: Partial<Record<Command, string>> = {
    pause: "way",
    mark_conflicts: "ids",
    set_label: "field",
    resync: "name",
    retry_problem: "id",
    rules_sample: "called",
  };
  const key = nullable[name];
  return key === undefined ? args : { ...args, [key]: args[key] ?? null };
}

function fault(text: string): never {
  faults.push(text);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the real IPC rejects with the plain object, too
  throw json({ kind: "other", field: null, text } satisfies Failure);
}

function json<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
