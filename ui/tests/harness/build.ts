// Before all tests: the application as it ships, the fake backend as a bundle of its own, and a server for the first.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { APP, BUILT, MOCK, UI } from "./places";
import { serve } from "./serve";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildApplication();
  await buildMock();
  const server = await serve(APP);
  project.provide("origin", server.origin);
  return server.close;
}

// In a process of its own: Vitest's NODE_ENV would make it a development build.
async function buildApplication(): Promise<void> {
  const env = { ...process.env, NODE_ENV: "production" };
  const args = ["node_modules/vite/bin/vite.js", "build", "--outDir", APP, "--emptyOutDir", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, args, { cwd: UI, env });
}

async function buildMock(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    root: UI,
    build: {
      outDir: BUILT,
      emptyOutDir: false,
      minify: false,
      lib: { entry: "tests/mock/entry.ts", formats: ["iife"], name: "bombaMock", fileName: () => MOCK },
    },
  });
}

declare module "vitest" {
  interface ProvidedContext {
    origin: string;
  }
}
