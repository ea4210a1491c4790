/**
 * The sync middleware for Bomba written as ES modules. One implementation serves both kinds: index.cjs.
 */

import middleware from "./index.cjs";

export const { bombaSync, createSyncMiddleware } = middleware;
