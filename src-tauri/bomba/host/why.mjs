/**
 * Words for what a model threw.
 */

/** @typedef {import("./protocol.mjs").Result} Result */

/** A message is read by a person; a hook may put a whole document into one. */
const MESSAGE_CHARACTERS_MAX = 2_000;

/**
 * @param {any} error
 * @returns {Result}
 */
export function why(error) {
  if (error?.name === "ValidationError" && typeof error.errors === "object" && error.errors !== null) {
    const failures = Object.entries(error.errors).map(([path, failure]) => ({ path, message: message(failure) }));
    // Each version of Mongoose has an order of its own, and a retry must not read like another failure.
    return { invalid: failures.sort((one, other) => (one.path < other.path ? -1 : 1)) };
  }
  const isRefusal = error?.name === "StrictModeError" || error?.name === "CastError";
  if (isRefusal && typeof error.path === "string") return { invalid: [{ path: error.path, message: message(error) }] };
  return { threw: message(error) };
}

/**
 * @param {any} error
 * @returns {string}
 */
export function message(error) {
  let text;
  try {
    text = typeof error?.message === "string" ? error.message : String(error);
  } catch {
    // An object without a prototype has no words for itself.
    text = "something that cannot be printed was thrown";
  }
  return text.length > MESSAGE_CHARACTERS_MAX ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}...` : text;
}
