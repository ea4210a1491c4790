import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["pages/*.test.ts"],
    globalSetup: "./harness/build.ts",
    // One browser at a time: the frame times of the crowded list mean nothing on a busy machine.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
