import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { guard } from "./guard.mjs";
import { signalIfRunning } from "./processes.mjs";

/** Waits after a crash: doubled each time, from the first to the last; a process that ran for a minute starts over. */
const BACK_OFF = { firstMs: 500, lastMs: 30_000, calmMs: 60_000 };

/**
 * @typedef {object} Supervised
 * @property {string} name
 * @property {() => number | undefined} pid
 * @property {() => number} restarts how often it was started again
 * @property {() => void} restart ends it (SIGTERM) to be started at once, say with a new environment
 * @property {(graceMs: number) => Promise<void>} stop SIGTERM; after `graceMs` SIGKILL to its whole group. Resolves when gone
 */

/**
 * Runs a program, and again when it ends by itself, waiting longer each time it crashes.
 * It leads a process group of its own: a Ctrl-C in the terminal reaches the supervisor alone, which ends things in
 * order; and what it may leave behind is ended with it.
 *
 * @param {object} options
 * @param {string} options.name
 * @param {string[]} options.command program and arguments
 * @param {() => NodeJS.ProcessEnv} options.env asked at each start
 * @param {string} options.cwd
 * @param {(chunk: Uint8Array) => void} options.log
 * @param {(how: { code: number | null, signal: NodeJS.Signals | null, uptimeMs: number, restarts: number, waitMs: number }) => void} [options.onCrash]
 * @param {Partial<typeof BACK_OFF>} [options.backOff]
 * @returns {Supervised}
 */
export function supervise({ name, command, env, cwd, log, onCrash = () => undefined, backOff = {} }) {
  const { firstMs, lastMs, calmMs } = { ...BACK_OFF, ...backOff };
  const wake = new AbortController();
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  let stopping = false;
  let renewing = false;
  let restarts = 0;
  let crashesInARow = 0;

  const runOnce = () =>
    new Promise((/** @type {(how: { code: number | null, signal: NodeJS.Signals | null }) => void} */ resolve) => {
      const [program = process.execPath, ...args] = command;
      child = spawn(program, args, { cwd, env: env(), detached: true, stdio: ["ignore", "pipe", "pipe"] });
      const { pid } = child;
      const callOff = pid === undefined ? () => undefined : guard(pid, "TERM");
      child.stdout?.on("data", log);
      child.stderr?.on("data", log);
      const done = (/** @type {number | null} */ code, /** @type {NodeJS.Signals | null} */ signal) => {
        callOff();
        if (pid !== undefined) signalIfRunning(-pid, "SIGKILL");
        resolve({ code, signal });
      };
      child.on("error", (error) => {
        log(Buffer.from(`${error.message}\n`));
        if (pid === undefined) done(null, null);
      });
      child.on("exit", done);
    });

  const ended = (async () => {
    while (!stopping) {
      const startedAt = Date.now();
      const { code, signal } = await runOnce();
      child = undefined;
      if (stopping) return;
      restarts += 1;
      if (renewing) {
        renewing = false;
        continue;
      }
      const uptimeMs = Date.now() - startedAt;
      crashesInARow = uptimeMs >= calmMs ? 1 : crashesInARow + 1;
      const waitMs = Math.min(lastMs, firstMs * 2 ** (crashesInARow - 1));
      onCrash({ code, signal, uptimeMs, restarts, waitMs });
      await sleep(waitMs, undefined, { signal: wake.signal }).catch(() => undefined);
    }
  })();

  return {
    name,
    pid: () => child?.pid,
    restarts: () => restarts,
    restart() {
      renewing = child !== undefined;
      child?.kill("SIGTERM");
    },
    async stop(graceMs) {
      stopping = true;
      wake.abort();
      const pid = child?.pid;
      if (pid !== undefined) {
        signalIfRunning(pid, "SIGTERM");
        const timer = setTimeout(() => signalIfRunning(-pid, "SIGKILL"), graceMs);
        await ended;
        clearTimeout(timer);
      }
      await ended;
    },
  };
}
