/**
 * The clock that models see: `Date` with a shift. Running a model twice at different times shows which of its values
 * come from the clock, or from chance, and not from the document.
 */

const RealDate = Date;

let shiftMs = 0;

/** Another year, month, day of the week, hour, minute, second and millisecond: no part of a date stays the same. */
export const LATER_MS = (((400 + 2) * 24 + 5) * 60 + 7) * 60_000 + 11_013;

export function install() {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, [...args], made) =>
      args.length === 0 ? Reflect.construct(target, [now()], made) : Reflect.construct(target, args, made),
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
  });
  // Code that asks a date for its constructor has to meet the one it knows.
  RealDate.prototype.constructor = globalThis.Date;
}

/** @param {number} ms */
export function shift(ms) {
  shiftMs = ms;
}

function now() {
  return RealDate.now() + shiftMs;
}
