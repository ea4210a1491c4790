// The language shown now. What is read here in a template is written anew when the language changes.
import type { Language } from "../lib/wire";
import { direction } from "./bidi";
import { format, type Args, type Message, type Tongue } from "./catalogue";
import * as moments from "./moments";

let tongue = $state<Tongue>("en");

/** Which of ours serves a person whose system prefers these, best first. */
export function choose(setting: Language, preferred: readonly string[]): Tongue {
  if (setting !== "system") return setting;
  for (const wanted of preferred) {
    if (wanted.toLowerCase().startsWith("ar")) return "ar";
    if (wanted.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

export function speak(chosen: Tongue): void {
  tongue = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = direction(chosen);
}

export const spoken = (): Tongue => tongue;
export const t = (id: string, args?: Args): string => format(tongue, id, args);
export const say = (message: Message): string => format(tongue, message.id, message.args);

export const ago = (at: number, now: number): string => moments.ago(tongue, at, now);
export const duration = (ms: number): string => moments.duration(tongue, ms);
export const moment = (at: number, now: number): string => moments.moment(tongue, at, now);
export const fullMoment = (at: number): string => moments.fullMoment(tongue, at);
export const number = (value: number, digits?: number): string => moments.number(tongue, value, digits);
export const percent = (share: number): string => moments.percent(tongue, share);
export const listed = (names: readonly string[]): string => moments.listed(tongue, names);
