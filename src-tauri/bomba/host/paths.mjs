/**
 * Where two trees differ, and how to take some of those places back.
 */

import { bare, isDocument, same } from "./wire.mjs";

/** @typedef {import("./wire.mjs").Node} Node */
/** @typedef {import("./wire.mjs").Fields} Fields */
/** @typedef {(string | number)[]} Path */

/**
 * The innermost places where two trees differ; an array whose length changed is one place.
 *
 * @param {Node | undefined} one
 * @param {Node | undefined} other
 * @param {Path} [path]
 * @returns {Path[]}
 */
export function differences(one, other, path = []) {
  if (one === other) return [];
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.flatMap((item, at) => differences(item, other[at], [...path, at]));
  }
  if (isDocument(one) && isDocument(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], [...path, key]));
  }
  return same(one, other) ? [] : [path];
}

/**
 * A copy of `tree` that has at these paths what `origin` has there; where `origin` has nothing, `tree` stays.
 *
 * @param {Fields} tree
 * @param {Fields} origin
 * @param {Path[]} paths
 * @returns {Fields}
 */
export function restored(tree, origin, paths) {
  return /** @type {Fields} */ (paths.reduce((copy, path) => put(copy, origin, path), /** @type {Node} */ (tree)));
}

/**
 * @param {any} tree
 * @param {any} origin
 * @param {Path} path
 * @returns {Node}
 */
function put(tree, origin, [key, ...rest]) {
  const isHere = typeof tree === "object" && tree !== null && typeof origin === "object" && origin !== null;
  if (key === undefined) return origin;
  if (!isHere || !Object.hasOwn(origin, key) || !Object.hasOwn(tree, key)) return tree;
  const held = put(tree[key], origin[key], rest);
  return Array.isArray(tree) ? tree.with(Number(key), held) : { ...tree, [key]: held };
}

/**
 * @param {Path} path
 * @param {Path[]} roots
 */
export function isUnder(path, roots) {
  return roots.some((root) => root.every((key, at) => path[at] === key));
}

/**
 * A path as Mongoose writes it.
 *
 * @param {Path} path
 */
export function dotted(path) {
  return path.map((key) => bare(String(key))).join(".");
}
