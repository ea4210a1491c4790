/**
 * Canonical EJSON in few letters.
 */

export const int = (/** @type {number} */ value) => ({ $numberInt: String(value) });
export const long = (/** @type {number | bigint} */ value) => ({ $numberLong: String(value) });
export const double = (/** @type {string} */ value) => ({ $numberDouble: value });
export const decimal = (/** @type {string} */ value) => ({ $numberDecimal: value });
export const date = (/** @type {number} */ ms) => ({ $date: { $numberLong: String(ms) } });
export const oid = (/** @type {number} */ value) => ({ $oid: value.toString(16).padStart(24, "0") });
