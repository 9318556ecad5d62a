import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { mlflowCounts, playwrightCounts, vitestCounts } from "./test-counts.mjs";

/** @typedef {import("./test-counts.mjs").Counts} Counts */

/**
 * The checks that read the sources: name → what Node runs, one after the other. In a fresh clone the types of routes
 * (`PageProps<"/runs/[id]">`) have yet to be generated.
 * @type {Record<string, string[][]>}
 */
const CHECKS = {
  "format and lint": [[inPackages("@biomejs/biome/bin/biome"), "ci", "--colors=off", "--error-on-warnings", "."]],
  types: [
    [inPackages("next/dist/bin/next"), "typegen"],
    [inPackages("typescript/bin/tsc"), "--noEmit", "-p", "."],
  ],
  directions: [["scripts/directions.mjs"]],
  knip: [[inPackages("knip/bin/knip.js"), "--no-progress"]],
  lockfile: [["scripts/lockfile.mjs", "--check"]],
  openapi: [["--import", "tsx", "scripts/openapi.mjs"]],
};

/** How bench/fuzz.ts and scripts/test-mlflow.mjs end when they cannot have their tools. */
const NOT_INSTALLED = 2;

export const CHECK_NAMES = Object.keys(CHECKS);

/**
 * Runs one check of the sources; it counts as one test. What it says is shown when it fails.
 * @param {string} name
 * @returns {Promise<Counts>}
 */
export async function runCheck(name) {
  for (const args of CHECKS[name] ?? []) {
    const { code, output } = await node(args, { quiet: true });
    if (code === 0) continue;
    process.stdout.write(`\n--- ${name}\n${output}\n---\n`);
    return { passed: 0, failed: 1, skipped: 0, names: [`failed: ${name}`] };
  }
  return { passed: 1, failed: 0, skipped: 0, names: [] };
}

/**
 * @param {string} program
 */
function inPackages(program) {
  return path.join(ROOT, "node_modules", program);
}

/**
 * Unit and integration tests.
 * @param {string[]} filters
 * @returns {Promise<Counts>}
 */
export async function runVitest(filters) {
  const file = freshReport("vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code } = await node([
    path.join(ROOT, "node_modules", "vitest", "vitest.mjs"),
    "run",
    ...reporters,
    ...filters,
  ]);
  return vitestCounts(file, code);
}

/**
 * A short run of `npm run soak:fuzz`: every operation of the API by schemathesis. It counts as one test; as a skipped one
 * without Python or without its packages, unless Python is required.
 * @param {{ hasPython: boolean, isRequired: boolean }} options
 * @returns {Promise<Counts>}
 */
export async function runFuzz({ hasPython, isRequired }) {
  /** @type {(why: string) => Counts} */
  const skip = (why) => ({ passed: 0, failed: 0, skipped: 1, names: [`skipped: fuzz (${why})`] });
  if (!hasPython) return skip("no python3 with venv");
  const { code } = await node(["--import", "tsx", "bench/fuzz.ts", "--minutes", "0.75"]);
  if (code === NOT_INSTALLED && !isRequired) return skip("schemathesis could not be installed");
  return code === 0
    ? { passed: 1, failed: 0, skipped: 0, names: [] }
    : { passed: 0, failed: 1, skipped: 0, names: ["failed: fuzz"] };
}

/**
 * The genuine MLflow client against a server of its own, every step a test. Skipped without Python or without its packages,
 * unless Python is required.
 * @param {{ hasPython: boolean, isRequired: boolean }} options
 * @returns {Promise<Counts>}
 */
export async function runMlflow({ hasPython, isRequired }) {
  /** @type {(why: string) => Counts} */
  const skip = (why) => ({ passed: 0, failed: 0, skipped: 1, names: [`skipped: the MLflow client (${why})`] });
  if (!hasPython) return skip("no python3 with venv");
  const file = freshReport("mlflow.json");
  const { code } = await node(["scripts/test-mlflow.mjs", "--report", file]);
  if (code === NOT_INSTALLED && !isRequired) return skip("its packages could not be installed");
  return mlflowCounts(file, code);
}

/**
 * Tests in a real browser.
 * @param {string[]} filters
 * @returns {Promise<Counts>}
 */
export async function runPlaywright(filters) {
  const file = freshReport("playwright.json");
  const cli = path.join(ROOT, "node_modules", "@playwright", "test", "cli.js");
  // The home of the application that is tested; its models and database are of no use afterwards.
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "assay-e2e-"));
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, PLAYWRIGHT_JSON_OUTPUT_FILE: file, ASSAY_E2E_HOME: home };
  try {
    const { code } = await node([cli, "test", "--reporter=list,json", ...filters], { env });
    return playwrightCounts(file, code);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/**
 * A report of an earlier run must not be taken for this one's. Not below `test-results/`: Playwright empties that.
 * @param {string} name
 */
function freshReport(name) {
  const file = path.join(ROOT, "coverage", "reports", name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true });
  return file;
}

/**
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string> }} [options]
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function node(args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", reject).on("close", (code) => resolve({ code, output }));
  });
}
