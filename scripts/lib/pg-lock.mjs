import fs from "node:fs";
import path from "node:path";
import { codeOf, Failure } from "./failure.mjs";
import { readIfThere, readJson, writeAtomic } from "./files.mjs";
import { commandOf, identityOf, isRunning, signalIfRunning, waitUntilGone } from "./processes.mjs";

/**
 * Who started the Postgres of this home last: `owner` and `postmaster` are process identities (see processes.mjs).
 * @typedef {{ owner: string, postmaster: string, pid: number, port: number, data: string }} PostgresRecord
 */

/**
 * @param {string} home
 */
const recordFile = (home) => path.join(home, "run", "postgres.json");

/**
 * @param {string} home
 * @returns {PostgresRecord | undefined}
 */
export function readRecord(home) {
  const record = readJson(recordFile(home));
  if (!record) return undefined;
  const { owner, postmaster, pid, port, data } = record;
  if (typeof owner !== "string" || typeof postmaster !== "string" || typeof data !== "string") return undefined;
  if (typeof pid !== "number" || typeof port !== "number") return undefined;
  return { owner, postmaster, pid, port, data };
}

/**
 * The record, if that very Postgres still runs.
 * @param {string} home
 */
export function runningRecord(home) {
  const record = readRecord(home);
  return record && identityOf(record.pid) === record.postmaster ? record : undefined;
}

/**
 * @param {string} home
 * @param {number} pid
 * @param {number} port
 * @param {string} data
 */
export function writeRecord(home, pid, port, data) {
  const owner = identityOf(process.pid) ?? "";
  writeAtomic(recordFile(home), JSON.stringify({ owner, postmaster: identityOf(pid) ?? "", pid, port, data }));
}

/**
 * @param {string} home
 */
export function removeRecord(home) {
  fs.rmSync(recordFile(home), { force: true });
}

/**
 * Frees the data folder: ends a Postgres that an earlier start left behind (its parent was killed) and removes a lock
 * file whose process is some other program by now (numbers are used again after a reboot or in a new container).
 *
 * @param {string} home
 * @param {string} data
 * @param {(line: string) => void} log
 * @throws {Failure} when a living start still owns it, or the orphan does not end
 */
export async function freeDataFolder(home, data, log) {
  const record = readRecord(home);
  if (record) {
    const owner = Number.parseInt(record.owner, 10);
    if (record.owner !== "" && identityOf(owner) === record.owner && identityOf(record.pid) === record.postmaster) {
      throw new Failure(
        `The database of ${home} is in use by process ${owner}.`,
        `Stop that one first (kill ${owner}), or set ASSAY_HOME to another folder.`,
      );
    }
  }

  const lock = path.join(data, "postmaster.pid");
  const pid = Number.parseInt(readIfThere(lock)?.split("\n")[0] ?? "", 10);
  if (!(pid > 1)) return;
  if (isRunning(pid) && isPostgresOn(pid, data)) {
    log(`ending the Postgres that an earlier start left behind (process ${pid})`);
    await endPostgres(pid);
  }
  // Postgres clears a dead process's lock itself, but not one whose number another program has now.
  if (!isRunning(pid) || !isPostgresOn(pid, data)) removeQuietly(lock);
  removeRecord(home);
}

/**
 * Fast shutdown, then immediate (recovery at the next start), then the hard way.
 * @param {number} pid
 * @param {number} [patienceMs] how long the fast shutdown may take
 */
export async function endPostgres(pid, patienceMs = 10_000) {
  /** @type {Array<[NodeJS.Signals, number]>} */
  const steps = [
    ["SIGINT", patienceMs],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 2_000],
  ];
  for (const [signal, waitMs] of steps) {
    signalIfRunning(pid, signal);
    if (await waitUntilGone(pid, waitMs)) return;
  }
  throw new Failure(`Postgres (process ${pid}) does not end.`, `End it by hand: kill -9 ${pid}`);
}

/**
 * @param {number} pid
 * @param {string} data
 */
function isPostgresOn(pid, data) {
  const command = commandOf(pid);
  return command.includes("postgres") && command.includes(data);
}

/**
 * @param {string} file
 */
function removeQuietly(file) {
  try {
    fs.rmSync(file, { force: true });
  } catch (error) {
    if (codeOf(error) !== "EACCES") throw error;
  }
}
