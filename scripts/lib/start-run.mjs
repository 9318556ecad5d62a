import path from "node:path";
import { buildPages, bundle } from "./build.mjs";
import { childEnv } from "./child-env.mjs";
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
import { waitUntilAnswered } from "./start-ready.mjs";
import { report, takeFirstBoot } from "./start-report.mjs";
import { createSteps, formatMs } from "./steps.mjs";
import { supervise } from "./supervisor.mjs";

/** Of the 4 s from SIGTERM to nothing left: the server's and the worker's part. Postgres has the rest. */
const GRACE_MS = 2_200;

/** @typedef {import("./start-options.mjs").StartOptions} StartOptions */

/**
 * Starts everything and runs until told to stop.
 *
 * @param {StartOptions} options
 * @param {{ signal: AbortSignal, stop: (reason: unknown) => void }} life `signal` aborts when it is time to stop;
 *   `stop` brings that about, a Failure as the reason if something is wrong
 * @returns {Promise<void>} when nothing is left running
 */
export async function runAssay(options, { signal, stop }) {
  const { home, cache } = options;
  const startedAt = Date.now();
  makeHome(home);
  const other = homeHolder(home) ?? takeHome(home, options.address);
  if (other) {
    console.log(`Assay is already running at ${other.address} (process ${other.pid}).`);
    return;
  }

  /** @type {(() => Promise<unknown>)[]} what is to be ended, last first */
  const undo = [];
  const steps = createSteps();
  const { step, note } = steps;
  const logTo = (/** @type {string} */ name) => {
    const log = openLog(path.join(home, "logs", `${name}.log`));
    return (/** @type {string | Uint8Array} */ chunk) => {
      log.write(chunk);
      if (options.verbose) process.stderr.write(chunk);
    };
  };
  try {
    await requirePort(options);
    const installed = isInstalled();
    requireSpace(home, installed ? 300e6 : 500e6, "the database, models and logs");
    if (!installed) requireSpace(ROOT, 2.5e9, "the packages and the build");
    await step("Packages", (say) => installPackages({ say, signal }));
    signal.throwIfAborted();
    const engines = options.worker ? installEngines({ home, cache, mode: options.engines, note, signal }) : undefined;
    await step("Setup", async (say) => {
      const { generated } = await setUp({ signal });
      const bundled = await bundle();
      say(generated || bundled ? "client generated, server bundled" : "up to date");
    });

    // The pages take longest and need no database; both at once.
    const buildStartedAt = Date.now();
    const pages = options.pages ? buildPages({ log: logTo("build"), signal }) : undefined;
    // A build that fails is reported when it is awaited below.
    pages?.catch(() => undefined);
    const postgresLog = logTo("postgres");
    /** @type {import("./supervisor.mjs").Supervised[]} */
    const processes = [];
    const database = await step("Database", (say) =>
      startDatabase({
        home,
        env: process.env,
        log: postgresLog,
        note,
        say,
        onMoved: () => {
          for (const one of processes) one.restart();
        },
        onLost: stop,
      }),
    );
    undo.push(database.stop);
    signal.throwIfAborted();

    const env = () => childEnv({ databaseUrl: database.url(), host: options.host, port: options.port });
    /** @param {string} name */
    const launch = (name) => {
      const one = supervise({
        name,
        command: [process.execPath, "--enable-source-maps", path.join(ROOT, "dist", `${name}.js`)],
        env,
        cwd: ROOT,
        log: logTo(name),
        onCrash: ({ code, signal: by, waitMs }) =>
          note(`  ! The ${name} ended (${by ?? `code ${code}`}); starting it again in ${formatMs(waitMs)}.`),
      });
      processes.push(one);
      return one;
    };
    undo.push(() => Promise.all(processes.map((one) => one.stop(GRACE_MS))));
    // The worker needs no pages: what waits in its queue goes on while they are built.
    if (options.worker) launch("worker");
    if (pages) {
      await step("Pages", async (say) => say((await pages) ? "built" : "up to date"), { since: buildStartedAt });
    }
    signal.throwIfAborted();
    if (options.server) {
      const server = launch("server");
      await step("Server", () => {
        const logFile = path.join(home, "logs", "server.log");
        // /health answers before the pages do.
        const address = `${options.address}${options.pages ? "/sign-in" : "/health"}`;
        return waitUntilAnswered({ address, logFile, crashes: server.restarts, signal });
      });
      const { ASSAY_ADMIN_PASSWORD: password, ASSAY_BOOTSTRAP_KEY: key } = process.env;
      const expected = database.firstBoot && !(password && key);
      const firstBoot = await takeFirstBoot(home, { patienceMs: expected ? 15_000 : 0, signal });
      const quickstart = database.firstBoot && !["0", "false"].includes(process.env["ASSAY_QUICKSTART"] ?? "");
      const totalMs = Date.now() - startedAt;
      if (!signal.aborted) note(report({ ...options, quickstart, firstBoot, times: steps.times, totalMs }));
    }
    engines?.then(({ engine, reason }) => {
      if (!signal.aborted) note(`  Engine    ${engine}${reason ? ` (${reason})` : ""}`);
    });
    await new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener("abort", resolve, { once: true });
    });
  } finally {
    for (const end of undo.reverse()) await end();
    releaseHome(home);
  }
}
