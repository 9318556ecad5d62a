import { defineConfig } from "vitest/config";

// A process a file: one runtime a process, as in production. Two files at once on two cores.
export default defineConfig({
  test: {
    include: [
      "lib/**/*.test.ts",
      "workers/**/*.test.ts",
      "server/**/*.test.ts",
      "app/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    globalSetup: ["lib/testing/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    // Patience for a machine that does other work as well: a test waits for what has to come, never for a time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    // One unlucky moment of a busy machine does not cost a whole run; the summary names what needed it, to be mended.
    retry: process.env["CI"] === undefined ? 0 : 1,
  },
});
