// Whether a direction moves, and if not, at which end it is held up.
import type { Direction, Status } from "../../lib/wire";

export interface Link {
  id: string;
  tone: "ok" | "held" | "warn" | "";
}

export function link(status: Pick<Status, "local" | "atlas">, direction: Direction, on: boolean): Link {
  if (!on) return { id: "overview-link-off", tone: "" };
  if (direction.paused) return { id: "overview-link-paused", tone: "held" };
  if (!status.local.connected) return { id: "overview-link-no-pc", tone: "warn" };
  if (!status.atlas.connected) return { id: "overview-link-no-cloud", tone: "warn" };
  return { id: "overview-link-connected", tone: "ok" };
}
