// The content security policy the window has.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UI } from "./places";

type Configuration = { app: { security: { csp: string } } };

const configuration = readFileSync(join(UI, "../src-tauri/tauri.conf.json"), "utf8");

export const POLICY = (JSON.parse(configuration) as Configuration).app.security.csp;
