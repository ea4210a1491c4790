// Times, spans, numbers and lists in words. Now is an argument.
import { LOCALES, type Tongue } from "./catalogue";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type Unit = "second" | "minute" | "hour" | "day";

/** "3 minutes ago". Less than ten seconds is now, and so is the future: clocks of two PCs differ a little. */
export function ago(tongue: Tongue, at: number, now: number): string {
  const words = new Intl.RelativeTimeFormat(LOCALES[tongue], { numeric: "auto" });
  const span = now - at;
  if (span < 10 * SECOND_MS) return words.format(0, "second");
  const [count, unit] = whole(span);
  return words.format(-count, unit);
}

/** "1 hour, 20 minutes": the largest unit, and the next one below it as long as it tells something. */
export function duration(tongue: Tongue, ms: number): string {
  const span = Math.max(ms, 0);
  const seconds = Math.round(span / SECOND_MS);
  if (seconds < 60) return measure(tongue, Math.max(1, seconds), "second");
  const minutes = Math.round(span / MINUTE_MS);
  if (minutes < 60) return measure(tongue, minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(tongue, [hours, "hour"], [minutes % 60, "minute"]);
  return pair(tongue, [Math.floor(hours / 24), "day"], [hours % 24, "hour"]);
}

/** "14:32" for today, else day and time. */
export function moment(tongue: Tongue, at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const day = { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) } as const;
  return new Intl.DateTimeFormat(LOCALES[tongue], sameDay ? time : { ...day, ...time }).format(at);
}

/** Everything about a moment, for a tooltip or a field of a document. */
export function fullMoment(tongue: Tongue, at: number): string {
  return new Intl.DateTimeFormat(LOCALES[tongue], { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

export function clock(tongue: Tongue, at: number): string {
  return new Intl.DateTimeFormat(LOCALES[tongue], { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function number(tongue: Tongue, value: number, digits = 0): string {
  return new Intl.NumberFormat(LOCALES[tongue], { maximumFractionDigits: digits }).format(value);
}

export function percent(tongue: Tongue, share: number): string {
  return new Intl.NumberFormat(LOCALES[tongue], { style: "percent" }).format(share);
}

/** Names one after another, with the language's own comma. */
export function listed(tongue: Tongue, names: readonly string[]): string {
  // Intl.ListFormat puts an "and" before the last one in Arabic, in some versions of its data.
  return names.join(tongue === "ar" ? "، " : ", ");
}

function whole(span: number): [number, Unit] {
  if (span < MINUTE_MS) return [Math.floor(span / SECOND_MS), "second"];
  if (span < HOUR_MS) return [Math.floor(span / MINUTE_MS), "minute"];
  if (span < DAY_MS) return [Math.floor(span / HOUR_MS), "hour"];
  return [Math.floor(span / DAY_MS), "day"];
}

function measure(tongue: Tongue, count: number, unit: Unit): string {
  return new Intl.NumberFormat(LOCALES[tongue], { style: "unit", unit, unitDisplay: "long" }).format(count);
}

function pair(tongue: Tongue, large: [number, Unit], small: [number, Unit]): string {
  const parts = [large, small].filter(([count]) => count > 0).map(([count, unit]) => measure(tongue, count, unit));
  return listed(tongue, parts);
}
