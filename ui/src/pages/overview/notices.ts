// What needs a person, by its kind: what happened, what to do, and where.
import type { Message } from "../../i18n/catalogue";
import type { Notice, Status } from "../../lib/wire";
import type { Step } from "./standing";

export interface NoticeWords {
  title: Message;
  todo: Message;
  step: Step;
}

const CONNECTION: Step = { label: { id: "overview-step-connection" }, act: { kind: "go", page: "settings" } };
const PROBLEMS: Step = { label: { id: "overview-step-see-problems" }, act: { kind: "go", page: "problems" } };
const LISTS: Step = { label: { id: "overview-step-lists" }, act: { kind: "go", page: "collections" } };
const RULES: Step = { label: { id: "overview-step-rules" }, act: { kind: "go", page: "settings" } };
const AGAIN: Step = { label: { id: "overview-step-again" }, act: { kind: "sync" } };
const SUPPORT: Step = { label: { id: "overview-step-support" }, act: { kind: "go", page: "settings" } };

export function noticeWords(notice: Notice): NoticeWords {
  const here = notice.about === "local";
  const count = notice.count ?? 1;
  switch (notice.kind) {
    case "dropped":
      return notice.about
        ? {
            title: { id: "overview-notice-dropped", args: { list: notice.about } },
            todo: { id: "overview-notice-dropped-todo" },
            step: LISTS,
          }
        : { title: { id: "overview-notice-dropped-all" }, todo: { id: "overview-notice-dropped-todo" }, step: LISTS };
    case "unauthorized":
      return here
        ? {
            title: { id: "overview-notice-unauthorized-local" },
            todo: { id: "overview-notice-unauthorized-todo" },
            step: CONNECTION,
          }
        : {
            title: { id: "overview-notice-unauthorized-atlas" },
            todo: { id: "overview-notice-unauthorized-todo" },
            step: CONNECTION,
          };
    case "reconnect-failing":
      return here
        ? {
            title: { id: "overview-notice-reconnect-local" },
            todo: { id: "overview-notice-reconnect-local-todo" },
            step: AGAIN,
          }
        : {
            title: { id: "overview-notice-reconnect-atlas" },
            todo: { id: "overview-notice-reconnect-atlas-todo" },
            step: AGAIN,
          };
    case "standalone":
      return {
        title: { id: "overview-notice-standalone" },
        todo: { id: "overview-notice-standalone-todo" },
        step: CONNECTION,
      };
    case "too-old":
      return {
        title: { id: here ? "overview-local-too-old" : "overview-atlas-too-old" },
        todo: { id: "overview-notice-too-old-todo" },
        step: CONNECTION,
      };
    case "broken":
      return { title: { id: "overview-notice-broken" }, todo: { id: "overview-notice-broken-todo" }, step: SUPPORT };
    case "not-started":
      return {
        title: { id: "overview-notice-not-started" },
        todo: { id: "overview-notice-not-started-todo" },
        step: CONNECTION,
      };
    case "not-writing":
      return here
        ? {
            title: { id: "overview-notice-not-writing-local" },
            todo: { id: "overview-notice-not-writing-local-todo" },
            step: AGAIN,
          }
        : {
            title: { id: "overview-notice-not-writing-atlas" },
            todo: { id: "overview-notice-not-writing-atlas-todo" },
            step: AGAIN,
          };
    case "rules-failing":
      return { title: { id: "overview-notice-rules" }, todo: { id: "overview-notice-rules-todo" }, step: RULES };
    case "clock":
      return { title: { id: "overview-notice-clock" }, todo: { id: "overview-notice-clock-todo" }, step: AGAIN };
    case "quarantine":
      return {
        title: { id: "overview-notice-quarantine", args: { count } },
        todo: { id: "overview-notice-quarantine-todo" },
        step: PROBLEMS,
      };
    case "mass-deletion":
      return {
        // While they are still being counted there is no number yet.
        title: { id: "overview-notice-mass-deletion", args: { count: notice.count ?? 0, list: notice.about ?? "" } },
        todo: { id: "overview-notice-mass-deletion-todo" },
        step: PROBLEMS,
      };
    case "vault":
      return {
        title: { id: "overview-notice-vault", args: { count } },
        todo: { id: "overview-notice-vault-todo" },
        step: SUPPORT,
      };
    default:
      return { title: { id: "overview-attention" }, todo: { id: "overview-attention-more" }, step: SUPPORT };
  }
}

/** The first one is the sentence itself already while the state is attention. */
export const furtherNotices = (status: Status): Notice[] =>
  status.state === "attention" ? status.notices.slice(1) : status.notices;

/**
 * A key for each that stays the same while the numbers in it change. There are two of one kind about one list where
 * something waits both ways.
 */
export function noticeKeys(notices: readonly Notice[]): string[] {
  const met = new Map<string, number>();
  return notices.map(({ kind, about }) => {
    const name = `${kind} ${about ?? ""}`;
    const before = met.get(name) ?? 0;
    met.set(name, before + 1);
    return `${name} ${before}`;
  });
}
