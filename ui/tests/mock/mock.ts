// What a test can do with the fake backend, through `window.mock`.
import type { Failure, Status } from "../../src/lib/wire";
import type { Command, Events } from "./contract";
import type { World } from "./world";

export type Call = { command: string; args: Record<string, unknown>; state: "waiting" | "answered" | "failed" };

export type Mock = {
  world: World;
  // Every call the page made, in order.
  calls: Call[];
  // Calls the real backend would not have understood.
  faults: string[];
  // Everything that was answered: the texts a page may show that are in no catalogue.
  answered: unknown[];
  say: <E extends keyof Events>(event: E, payload: Events[E]) => Promise<void>;
  changeStatus: (change: Partial<Status>) => Promise<void>;
  // Calls of this command are refused until null is given.
  fail: (command: Command, failure: Failure | null) => void;
  // Calls of this command get no answer until it is released.
  hold: (command: Command) => void;
  release: (command: Command) => void;
};

declare global {
  interface Window {
    mock: Mock;
    wasHacked?: boolean;
  }
}
