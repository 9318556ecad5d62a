import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, messageOf } from "./failure.mjs";
import { readIfThere } from "./files.mjs";
import { guard } from "./guard.mjs";
import { ROOT } from "./paths.mjs";
import { freePort } from "./ports.mjs";
import { startPostgres } from "./postgres.mjs";
import { signalIfRunning } from "./processes.mjs";

/**
 * A server that was started to be tried out. `stop` ends it and removes what it kept.
 * @typedef {{ url: string, pid: number, logFile: string, stop: () => Promise<void> }} ScratchServer
 */

/** A first start bundles the sources; a genuine MLflow makes all its tables. */
const START_PATIENCE_MS = 300_000;

/**
 * Assay as `npm start` runs it, without console and worker, on a fresh home and a database of its own, or on the one named.
 *
 * @param {{ env?: Record<string, string> }} [options] `env` is put over the scratch server's
 * @returns {Promise<ScratchServer & { token: string }>} `token`: a key with every scope
 * @throws {Failure} it did not start
 */
export async function startScratchAssay({ env = {} } = {}) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "assay-scratch-"));
  const token = randomBytes(32).toString("base64url");
  const port = await freePort();
  const server = await launch({
    name: "Assay",
    folder: home,
    program: process.execPath,
    args: [path.join(ROOT, "scripts", "start.mjs")],
    url: `http://127.0.0.1:${port}`,
    // It answers before its first key is made; this is said afterwards.
    says: "Assay is ready at",
    env: {
      // Empty counts as absent: what a developer has in .env is not this server's.
      DATABASE_URL: "",
      REDIS_URL: "",
      ASSAY_HOME: home,
      ASSAY_ROLE: "api",
      ASSAY_ENGINES: "wasm",
      ASSAY_QUICKSTART: "0",
      ASSAY_BOOTSTRAP_KEY: token,
      HOST: "127.0.0.1",
      PORT: String(port),
      ...env,
    },
  });
  return { ...server, token };
}

/**
 * A genuine MLflow server of a virtual environment. It keeps artifacts in a folder and passes them on itself.
 *
 * @param {object} options
 * @param {string} options.python of the environment that has mlflow
 * @param {string | true} [options.postgres] its database on a Postgres (`postgresql://…`), or on one of its own; default a
 *   SQLite file
 * @param {number} [options.workers] processes that answer; default 1
 * @param {{ store: string, artifacts: string, cwd: string }} [options.keeps] serves what is there already: a store as
 *   mlflow names it (`sqlite:////…`, or a folder), its folder of artifacts, and the folder that its relative paths start in
 * @returns {Promise<ScratchServer>}
 * @throws {Failure} it did not start
 */
export async function startGenuineMlflow({ python, postgres, workers = 1, keeps }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-mlflow-"));
  const own = postgres === true ? await ownPostgres(path.join(folder, "postgres")) : undefined;
  const database = own?.url ?? postgres;
  const port = await freePort();
  const artifacts = keeps?.artifacts ?? path.join(folder, "artifacts");
  fs.mkdirSync(path.join(folder, "artifacts"));
  const fresh = database
    ? String(database).replace(/^postgres(ql)?:/, "postgresql+psycopg2:")
    : `sqlite:///${path.join(folder, "mlflow.db")}`;
  const store = keeps?.store ?? fresh;
  return launch({
    name: "the genuine MLflow server",
    folder,
    program: python,
    args: [
      ...["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port), "--workers", String(workers)],
      ...["--backend-store-uri", store],
      ...["--serve-artifacts", "--artifacts-destination", artifacts],
    ],
    url: `http://127.0.0.1:${port}`,
    env: {
      // Its job runner would start two more processes that nothing here asks for.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_TRACKING_URI: "",
      GIT_PYTHON_REFRESH: "quiet",
      MLFLOW_ALLOW_FILE_STORE: "true",
    },
    ...(keeps ? { cwd: keeps.cwd } : {}),
    ...(own ? { alsoStop: own.destroy } : {}),
  });
}

/**
 * @param {string} home
 * @returns {Promise<{ url: string, destroy: () => Promise<void> }>}
 */
async function ownPostgres(home) {
  // The folder of mkdtemp is closed to the user that Postgres runs as.
  fs.chmodSync(path.dirname(home), 0o711);
  const { urls, destroy } = await startPostgres({ home, durable: false });
  return { url: urls.superuser, destroy };
}

/**
 * Starts a program in a process group of its own and waits until it answers `/health` and has said that it is ready.
 *
 * @param {object} options
 * @param {string} options.name for messages
 * @param {string} options.folder its own; removed when it is stopped
 * @param {string} options.program
 * @param {string[]} options.args
 * @param {string} options.url
 * @param {string} [options.says] what it writes when it is ready
 * @param {Record<string, string>} options.env
 * @param {string} [options.cwd] where it runs; default its own folder
 * @param {() => Promise<void>} [options.alsoStop] after the program
 * @returns {Promise<ScratchServer>}
 */
async function launch({ name, folder, program, args, url, says = "", env, cwd = folder, alsoStop }) {
  const logFile = path.join(folder, "server.log");
  const log = fs.openSync(logFile, "a");
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", log, log],
  });
  fs.closeSync(log);
  const pid = child.pid ?? 0;
  /** @type {string | undefined} */
  let over;
  const exited = new Promise((/** @type {(done: void) => void} */ resolve) => {
    const end = (/** @type {string} */ why) => {
      over = why;
      resolve();
    };
    child.on("error", (error) => end(messageOf(error)));
    child.on("exit", (code, signal) => end(`it ended with ${code ?? signal}`));
  });
  const callOff = pid > 0 ? guard(pid, "TERM") : () => undefined;
  const stop = async () => {
    if (over === undefined) {
      signalIfRunning(pid, "SIGTERM");
      const patience = new AbortController();
      const isGone = await Promise.race([
        exited.then(() => true),
        sleep(20_000, false, { signal: patience.signal }).catch(() => false),
      ]);
      patience.abort();
      if (!isGone) signalIfRunning(pid, "SIGKILL");
      await exited;
    }
    // MLflow leaves its workers behind.
    if (pid > 0) signalIfRunning(-pid, "SIGKILL");
    callOff();
    await alsoStop?.();
    fs.rmSync(folder, { recursive: true, force: true });
  };

  const end = Date.now() + START_PATIENCE_MS;
  const isReady = async () => (readIfThere(logFile) ?? "").includes(says) && (await isHealthy(url));
  while (!(await isReady())) {
    if (over === undefined && Date.now() < end) {
      await sleep(100);
      continue;
    }
    const said = (readIfThere(logFile) ?? "").trim().split("\n").slice(-15).join("\n");
    const why = over ?? `it did not answer within ${START_PATIENCE_MS / 1000} s`;
    await stop();
    throw new Failure(`${name} did not start: ${why}\n${said}`, "Its last lines are above.");
  }
  return { url, pid, logFile, stop };
}

/**
 * @param {string} url
 */
async function isHealthy(url) {
  try {
    const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
}
