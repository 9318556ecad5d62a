import path from "node:path";
import { childEnv } from "./child-env.mjs";
import { ROOT } from "./paths.mjs";
import { waitUntilAnswered } from "./start-ready.mjs";
import { formatMs } from "./steps.mjs";
import { supervise } from "./supervisor.mjs";

/** Of the 4 s from SIGTERM to nothing left: the server's and the worker's part. Postgres has the rest. */
const GRACE_MS = 2_500;

/**
 * The server and the worker under supervision.
 *
 * @param {object} options
 * @param {import("./start-options.mjs").StartOptions} options.start
 * @param {() => string} options.databaseUrl asked at each start of a process
 * @param {(name: string) => (chunk: string | Uint8Array) => void} options.logTo
 * @param {(line: string) => void} options.note
 */
export function createProcesses({ start, databaseUrl, logTo, note }) {
  /** @type {import("./supervisor.mjs").Supervised[]} */
  const running = [];

  /**
   * @param {"server" | "worker"} name
   */
  function launch(name) {
    const one = supervise({
      name,
      command: [process.execPath, "--enable-source-maps", path.join(ROOT, "dist", `${name}.js`)],
      env: () => childEnv({ databaseUrl: databaseUrl(), host: start.host, port: start.port }),
      cwd: ROOT,
      log: logTo(name),
      onCrash: ({ code, signal, waitMs }) =>
        note(`  ! The ${name} ended (${signal ?? `code ${code}`}); starting it again in ${formatMs(waitMs)}.`),
    });
    running.push(one);
    return one;
  }

  return {
    launch,
    /**
     * Starts the server and waits for its first page.
     * @param {AbortSignal} signal
     */
    async serve(signal) {
      const server = launch("server");
      const logFile = path.join(start.home, "logs", "server.log");
      // /health answers before the pages do.
      const address = `${start.address}${start.pages ? "/sign-in" : "/health"}`;
      await waitUntilAnswered({ address, logFile, crashes: server.restarts, signal });
    },
    restart() {
      for (const one of running) one.restart();
    },
    async stop() {
      await Promise.all(running.map((one) => one.stop(GRACE_MS)));
    },
  };
}
