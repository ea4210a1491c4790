// Where things are built and kept; all but UI are ignored by git.
import { join } from "node:path";

export const UI = join(import.meta.dirname, "../..");
export const BUILT = join(UI, "node_modules/.pages");
export const APP = join(BUILT, "app");
export const MOCK = "mock.js";
export const SCREENSHOTS = join(UI, "tests/screenshots");
