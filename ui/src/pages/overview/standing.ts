// How things stand: one sentence, what it means for the shop, and the one thing to do next.
import type { Message } from "../../i18n/catalogue";
import type { Page, State, Status, Trouble } from "../../lib/wire";
import { noticeWords } from "./notices";
import { copying } from "./progress";
import type { Words } from "./words.svelte";

export type Act = { kind: "go"; page: Page } | { kind: "resume" } | { kind: "sync" };

export interface Step {
  label: Message;
  act: Act;
}

export interface Standing {
  mark: State;
  sentence: Message;
  more: Message;
  step: Step;
}

export function standing(status: Status | null, words: Words): Standing {
  if (!status) {
    return {
      mark: "syncing",
      sentence: { id: "overview-starting" },
      more: { id: "overview-starting-more" },
      step: SYNC,
    };
  }
  switch (status.state) {
    case "synced":
      return synced(status, words);
    case "syncing":
      return syncing(status, words);
    case "offline":
      return offline(status);
    case "paused":
      return paused(status);
    case "attention":
      return attention(status);
  }
}

/** The server's own words for what the sentence says, if there are any. */
export function technical(status: Status): string {
  if (status.state === "attention") return status.notices[0]?.text ?? "";
  if (status.state !== "offline") return "";
  return (status.local.connected ? status.atlas.lastError : status.local.lastError) ?? "";
}

const SYNC: Step = { label: { id: "overview-step-sync" }, act: { kind: "sync" } };
const AGAIN: Step = { label: { id: "overview-step-again" }, act: { kind: "sync" } };
const RESUME: Step = { label: { id: "overview-step-resume" }, act: { kind: "resume" } };
const LISTS: Step = { label: { id: "overview-step-lists" }, act: { kind: "go", page: "collections" } };
const CONNECTION: Step = { label: { id: "overview-step-connection" }, act: { kind: "go", page: "settings" } };

function synced(status: Status, words: Words): Standing {
  const sentence: Message =
    status.lastChangeAt === undefined
      ? { id: "overview-synced" }
      : { id: "overview-synced-ago", args: { ago: words.ago(status.lastChangeAt) } };
  const waiting = forPeople(status);
  return {
    mark: "synced",
    sentence,
    more: waiting?.more ?? { id: "overview-synced-more" },
    step: waiting?.step ?? SYNC,
  };
}

function syncing(status: Status, words: Words): Standing {
  const copy = copying(status.collections);
  if (copy) {
    const done = words.percent(copy.share);
    const sentence: Message =
      copy.remainingMs === null
        ? { id: "overview-copying", args: { done } }
        : { id: "overview-copying-left", args: { done, left: words.duration(copy.remainingMs) } };
    return { mark: "syncing", sentence, more: { id: "overview-copying-more" }, step: LISTS };
  }
  const count = status.localToAtlas.pending + status.atlasToLocal.pending;
  const sentence: Message = count > 0 ? { id: "overview-syncing", args: { count } } : { id: "overview-checking" };
  const waiting = forPeople(status);
  return {
    mark: "syncing",
    sentence,
    more: waiting?.more ?? { id: "overview-syncing-more" },
    step: waiting?.step ?? LISTS,
  };
}

const LOCAL_TROUBLE: Record<Trouble, string> = {
  unreachable: "overview-local-unreachable",
  "name-unknown": "overview-local-unreachable",
  password: "overview-local-password",
  rights: "overview-local-rights",
  certificate: "overview-local-certificate",
  standalone: "overview-local-standalone",
  "too-old": "overview-local-too-old",
  other: "overview-local-other",
};
const ATLAS_TROUBLE: Record<Trouble, string> = {
  unreachable: "overview-atlas-unreachable",
  "name-unknown": "overview-atlas-name-unknown",
  password: "overview-atlas-password",
  rights: "overview-atlas-rights",
  certificate: "overview-atlas-certificate",
  standalone: "overview-atlas-standalone",
  "too-old": "overview-atlas-too-old",
  other: "overview-atlas-other",
};
/** Those that pass by themselves; with the others somebody has to change an address. */
const PASSING: readonly Trouble[] = ["unreachable", "name-unknown", "other"];

function offline(status: Status): Standing {
  const here = !status.local.connected;
  const trouble = (here ? status.local.trouble : status.atlas.trouble) ?? "other";
  const sentence = { id: (here ? LOCAL_TROUBLE : ATLAS_TROUBLE)[trouble] };
  const count = status.localToAtlas.pending;
  const more: Message = here
    ? { id: "overview-offline-local-more" }
    : count > 0
      ? { id: "overview-offline-only-here", args: { count } }
      : { id: "overview-offline-more" };
  return { mark: "offline", sentence, more, step: PASSING.includes(trouble) ? AGAIN : CONNECTION };
}

function paused(status: Status): Standing {
  const { localToAtlas: up, atlasToLocal: down } = status;
  const id =
    up.paused === down.paused ? "overview-paused" : up.paused ? "overview-paused-upload" : "overview-paused-download";
  const count = (up.paused ? up.pending : 0) + (down.paused ? down.pending : 0);
  const more: Message = count > 0 ? { id: "overview-paused-waiting", args: { count } } : { id: "overview-paused-more" };
  return { mark: "paused", sentence: { id }, more, step: RESUME };
}

function attention(status: Status): Standing {
  const [first] = status.notices;
  if (!first) {
    return {
      mark: "attention",
      sentence: { id: "overview-attention" },
      more: { id: "overview-attention-more" },
      step: CONNECTION,
    };
  }
  const { title, todo, step } = noticeWords(first);
  return { mark: "attention", sentence: title, more: todo, step };
}

/** What a person could look at although nothing is in the way. */
function forPeople(status: Status): { more: Message; step: Step } | null {
  if (status.conflictsOpen > 0) {
    const args = { count: status.conflictsOpen };
    return {
      more: { id: "overview-conflicts-more", args },
      step: { label: { id: "overview-step-conflicts", args }, act: { kind: "go", page: "conflicts" } },
    };
  }
  if (status.quarantined > 0) {
    const args = { count: status.quarantined };
    return {
      more: { id: "overview-problems-more", args },
      step: { label: { id: "overview-step-problems", args }, act: { kind: "go", page: "problems" } },
    };
  }
  return null;
}
