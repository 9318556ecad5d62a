import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { COMPLETE } from "./pg-place.mjs";

/**
 * Settings of our embedded cluster; modest, for a machine that trains models beside it.
 * `synchronous_commit` stays on: what was acknowledged must survive a crash.
 */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  shared_buffers: `${sharedMegabytes(os.totalmem(), process.constrainedMemory())}MB`,
  max_connections: "100",
  synchronous_commit: "on",
  max_wal_size: "512MB",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  log_checkpoints: "off",
};

/**
 * A sixteenth of the memory that this process may use, from 96 to 512 MB: of 100,000 runs a search touches 200 MB of pages,
 * and those that Postgres does not hold it copies from the kernel each time. What is not touched costs nothing.
 *
 * @param {number} total bytes of the machine
 * @param {number | undefined} limit bytes that a container may use; 0, undefined or more than all without one
 */
function sharedMegabytes(total, limit) {
  const usable = limit ? Math.min(total, limit) : total;
  return Math.round(Math.min(512, Math.max(96, usable / 2 ** 20 / 16)));
}

/** For tests: a crash of the machine may lose the cluster, and that is fine. */
const NOT_DURABLE = { fsync: "off", full_page_writes: "off", synchronous_commit: "off", shared_buffers: "96MB" };

/** @typedef {import("./pg-place.mjs").PostgresPlace} PostgresPlace */

/**
 * Makes the cluster, superuser `postgres`, passwords by SCRAM only.
 * Half a cluster (an initdb that was killed) is removed first: it has no data yet.
 *
 * @param {PostgresPlace} place
 * @param {string} password
 */
export async function initCluster(place, password) {
  for (const name of fs.readdirSync(place.data)) fs.rmSync(path.join(place.data, name), { recursive: true });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-initdb-"));
  const file = path.join(folder, "password");
  fs.writeFileSync(file, password, { mode: 0o600 });
  if (place.user) {
    fs.chownSync(file, place.user.uid, place.user.gid);
    fs.chownSync(folder, place.user.uid, place.user.gid);
  }
  try {
    // Unsynced, because syncing 1,000 small files takes seconds; `syncCluster` does it beside the next steps.
    const args = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${file}`, "--encoding=UTF8", "--no-sync"];
    args.push("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", `--pgdata=${place.data}`);
    await runInitdb(place, args);
    fs.writeFileSync(path.join(place.data, COMPLETE), "");
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Puts the new cluster's files safely on disk; may run while it serves.
 * @param {PostgresPlace} place
 */
export function syncCluster(place) {
  return runInitdb(place, ["--sync-only", `--pgdata=${place.data}`]);
}

/**
 * @param {PostgresPlace} place
 * @param {string[]} args
 */
async function runInitdb(place, args) {
  const child = spawnAs(place, "initdb", args);
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code === 0) return;
  const full = /No space left/.test(output);
  throw new Failure(
    `Postgres could not make its data folder ${place.data}: ${lastLine(output) || `initdb ended with ${code}`}`,
    full
      ? "The disk is full: free about 200 MB, or set ASSAY_HOME to a folder on another disk."
      : "Check that the folder's disk is writable; `npm run doctor` shows more. Or point DATABASE_URL at a Postgres server.",
  );
}

/**
 * Starts postgres in a session of its own, so that a Ctrl-C in the terminal does not end it before the server and the
 * worker have written their last. Resolves when it takes connections.
 *
 * @param {PostgresPlace} place
 * @param {{ port: number, durable: boolean, log: (text: string) => void, timeoutMs?: number, signal?: AbortSignal }} options
 * @returns {Promise<{ child: import("node:child_process").ChildProcess } | { failed: string }>} `failed`: it ended
 *   before that, with what it said
 */
export async function launch(place, { port, durable, log, timeoutMs = 120_000, signal }) {
  const settings = { ...SETTINGS, ...(durable ? {} : NOT_DURABLE), port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawnAs(place, "postgres", ["-D", place.data, ...flags]);
  let said = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGQUIT");
      resolve({ failed: `not ready within ${timeoutMs / 1000} s. ${lastLine(said)}` });
    }, timeoutMs);
    // While it recovers from a crash it heeds no gentler signal; it only has to recover again.
    const breakOff = () => void child.kill("SIGQUIT");
    if (signal?.aborted) breakOff();
    signal?.addEventListener("abort", breakOff, { once: true });
    const done = (/** @type {{ child: typeof child } | { failed: string }} */ result) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", breakOff);
      resolve(result);
    };
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("exit", (code, signal) => done({ failed: lastLine(said) || `ended with ${code ?? signal}` }));
    child.stdout?.resume();
    child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
      log(chunk);
      if (said.length < 64_000) said += chunk;
      if (chunk.includes("ready to accept connections")) done({ child });
    });
  });
}

/**
 * @param {PostgresPlace} place
 * @param {string} binary
 * @param {string[]} args
 */
function spawnAs(place, binary, args) {
  return spawn(path.join(place.native, "bin", binary), args, {
    // Not our own folder: the user it runs as may not be able to enter that.
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", NODE_ENV: "production" },
    ...identity(place),
  });
}

/**
 * The user to spawn as, in spawn's own terms.
 * @param {PostgresPlace} place
 */
export function identity(place) {
  return place.user ? { uid: place.user.uid, gid: place.user.gid } : {};
}

/**
 * The line of Postgres's output that says what was wrong.
 * @param {string} output
 */
function lastLine(output) {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return (lines.findLast((line) => /FATAL|error:|ERROR/.test(line)) ?? lines.at(-1) ?? "").trim();
}
