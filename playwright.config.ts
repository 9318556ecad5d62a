import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig, devices } from "@playwright/test";

// The config is read by the runner and by every worker: the first reading decides, the others inherit it.
const home = process.env["ASSAY_E2E_HOME"] ?? mkdtempSync(join(tmpdir(), "assay-e2e-"));
process.env["ASSAY_E2E_HOME"] = home;
const chromium = process.env["ASSAY_CHROMIUM"] ?? "/usr/bin/chromium";

/** The built application as `npm start` runs it, on a fresh home: own database, own worker, the wasm engine. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  // One story on one server: later steps build on what earlier ones made.
  workers: 1,
  fullyParallel: false,
  // Patience for a machine that does other work as well; what has to be fast is measured by bench/.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // As in vitest.config.ts: the summary names what needed it.
  retries: process.env["CI"] === undefined ? 0 : 1,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(chromium) ? { executablePath: chromium } : {}),
      args: ["--no-sandbox"],
    },
  },
  projects: [
    { name: "story", testMatch: "story.spec.ts" },
    { name: "pages", testMatch: "pages.spec.ts", dependencies: ["story"] },
    { name: "sign-in", testMatch: "sign-in.spec.ts", dependencies: ["story"] },
    { name: "people", testMatch: "people.spec.ts", dependencies: ["story"] },
    { name: "traces", testMatch: "traces.spec.ts", dependencies: ["story"] },
    { name: "approvals", testMatch: "approvals.spec.ts", dependencies: ["story"] },
  ],
  webServer: {
    command: "exec node scripts/start.mjs",
    env: {
      ASSAY_HOME: home,
      ASSAY_ENGINES: "wasm",
      ASSAY_QUICKSTART: "0",
      ASSAY_ADMIN_EMAIL: "admin@example.com",
      HOST: "127.0.0.1",
      PORT: "0",
      // Empty counts as absent: what a developer has in .env is not this server's.
      DATABASE_URL: "",
      REDIS_URL: "",
      ASSAY_ADMIN_PASSWORD: "",
    },
    // The address and the password that the first boot prints, for the tests: E2E_URL and E2E_PASSWORD.
    wait: { stdout: /ready at (?<e2e_url>http:\S+)[\s\S]*?Password\s+(?<e2e_password>\S+)/ },
    timeout: 300_000,
    stdout: "pipe",
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
  },
});
