import path from "node:path";
import { arePagesBuilt, buildPages, bundle } from "./build.mjs";
import { requireSpace } from "./disk.mjs";
import { makeHome } from "./files.mjs";
import { homeHolder, releaseHome, takeHome } from "./home-lock.mjs";
import { installPackages, isInstalled } from "./install.mjs";
import { openLog } from "./log-file.mjs";
import { ROOT } from "./paths.mjs";
import { setUp } from "./setup.mjs";
import { startDatabase } from "./start-database.mjs";
import { installEngines } from "./start-engines.mjs";
import { requirePort } from "./start-options.mjs";
import { createProcesses } from "./start-processes.mjs";
import { report, takeFirstBoot } from "./start-report.mjs";
import { createSteps } from "./steps.mjs";

/** @typedef {import("./start-options.mjs").StartOptions} StartOptions */
/** @typedef {ReturnType<typeof createSteps>} Steps */
/** @typedef {(name: string) => (chunk: string | Uint8Array) => void} LogTo */

/**
 * Starts everything and runs until told to stop.
 *
 * @param {StartOptions} options
 * @param {{ signal: AbortSignal, stop: (reason: unknown) => void }} life `signal` aborts when it is time to stop;
 *   `stop` brings that about, a Failure as the reason if something is wrong
 * @returns {Promise<void>} when nothing is left running
 */
export async function runAssay(options, life) {
  const { home } = options;
  makeHome(home);
  const other = homeHolder(home) ?? takeHome(home, options.address);
  if (other) {
    console.log(`Assay is already running at ${other.address} (process ${other.pid}).`);
    return;
  }
  /** @type {(() => Promise<void>)[]} what is to be ended, last first */
  const undo = [];
  try {
    await bringUp(options, life, undo);
    await new Promise((resolve) => {
      if (life.signal.aborted) resolve(undefined);
      life.signal.addEventListener("abort", resolve, { once: true });
    });
  } finally {
    for (const end of undo.reverse()) await end();
    releaseHome(home);
  }
}

/**
 * @param {StartOptions} options
 * @param {{ signal: AbortSignal, stop: (reason: unknown) => void }} life
 * @param {(() => Promise<void>)[]} undo
 */
async function bringUp(options, { signal, stop }, undo) {
  const startedAt = Date.now();
  const steps = createSteps();
  const { step, note } = steps;
  const logTo = logsOf(options);
  await requirePort(options);
  await install(options, steps, signal);
  // Beside everything else: it downloads and compiles for minutes, and only training waits for it.
  const engines = options.worker ? installEngines({ ...options, mode: options.engines, note, signal }) : undefined;
  await step("Setup", async (say) => {
    const { generated } = await setUp({ signal });
    const bundled = await bundle();
    say(generated || bundled ? "client generated, server bundled" : "up to date");
  });

  // The pages take longest and need no database: both at once.
  const buildStartedAt = Date.now();
  const isBuilt = !options.pages || arePagesBuilt();
  const pages = isBuilt ? undefined : buildPages({ log: logTo("build"), signal });
  // A build that fails is reported when it is awaited below.
  pages?.catch(() => undefined);

  /** @type {ReturnType<typeof createProcesses> | undefined} */
  let processes;
  const database = await step("Database", (say) => {
    const onMoved = () => processes?.restart();
    const home = options.home;
    return startDatabase({ home, env: process.env, log: logTo("postgres"), note, say, signal, onMoved, onLost: stop });
  });
  undo.push(database.stop);
  signal.throwIfAborted();
  processes = createProcesses({ start: options, databaseUrl: database.url, logTo, note });
  undo.push(processes.stop);

  // While pages are built the worker goes on with its queue; else the first page comes before it.
  if (options.worker && pages) processes.launch("worker");
  if (pages) await step("Pages", () => pages, { since: buildStartedAt });
  signal.throwIfAborted();
  if (options.server) {
    const { serve } = processes;
    await step("Server", () => serve(signal));
  }
  if (options.worker && !pages) processes.launch("worker");
  if (options.server) await announce(options, database.firstBoot, steps, startedAt, signal);
  engines?.then(({ engine, reason }) => {
    if (!signal.aborted) note(`  Engine    ${engine}${reason ? ` (${reason})` : ""}`);
  });
}

/**
 * @param {StartOptions} options
 * @param {Steps} steps
 * @param {AbortSignal} signal
 */
async function install(options, { step }, signal) {
  const installed = isInstalled();
  requireSpace(options.home, installed ? 300e6 : 500e6, "the database, models and logs");
  if (!installed) requireSpace(ROOT, 2.5e9, "the packages and the build");
  await step("Packages", (say) => installPackages({ say, signal }));
  signal.throwIfAborted();
}

/**
 * @param {StartOptions} options
 * @param {boolean} isFirstBoot
 * @param {Steps} steps
 * @param {number} startedAt Date.now() ms
 * @param {AbortSignal} signal
 */
async function announce(options, isFirstBoot, { note, times }, startedAt, signal) {
  const { ASSAY_ADMIN_PASSWORD: password, ASSAY_BOOTSTRAP_KEY: key, ASSAY_QUICKSTART: quick } = process.env;
  const patienceMs = isFirstBoot && !(password && key) ? 15_000 : 0;
  const totalMs = Date.now() - startedAt;
  const firstBoot = await takeFirstBoot(options.home, { patienceMs, signal });
  const quickstart = isFirstBoot && !["0", "false"].includes(quick ?? "");
  if (!signal.aborted) note(report({ ...options, quickstart, firstBoot, times, totalMs }));
}

/**
 * A log file of each name, shown in the terminal as well with --verbose.
 * @param {StartOptions} options
 * @returns {LogTo}
 */
function logsOf({ home, verbose }) {
  return (name) => {
    const log = openLog(path.join(home, "logs", `${name}.log`));
    return (chunk) => {
      log.write(chunk);
      if (verbose) process.stderr.write(chunk);
    };
  };
}
