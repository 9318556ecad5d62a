import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./failure.mjs";
import { readJson } from "./files.mjs";
import { identityOf } from "./processes.mjs";

/**
 * Runs an installation while no other runs for the same folder, in a fresh work folder beside it (`<folder>.work`),
 * which is removed at the end unless it was renamed. What a killed installation left is taken over.
 *
 * @template T
 * @param {string} folder where the result will stand
 * @param {{ onProgress: (line: string) => void, signal?: AbortSignal }} options
 * @param {(work: string) => Promise<T>} install
 * @returns {Promise<T>}
 */
export async function withInstallLock(folder, { onProgress, signal }, install) {
  const lock = `${folder}.lock`;
  while (!take(lock)) {
    onProgress("another process is installing it; waiting");
    await sleep(500, undefined, signal ? { signal } : {});
  }
  const work = `${folder}.work`;
  try {
    fs.rmSync(work, { recursive: true, force: true });
    fs.mkdirSync(work, { recursive: true });
    return await install(work);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
    fs.rmSync(lock, { force: true });
  }
}

/**
 * @param {string} lock
 * @returns {boolean} whether it is ours now
 */
function take(lock) {
  const mine = JSON.stringify({ identity: identityOf(process.pid) });
  const temporary = `${lock}.${process.pid}`;
  fs.writeFileSync(temporary, mine);
  try {
    // A link appears with its content: a reader never sees an empty lock and takes it for a dead one.
    fs.linkSync(temporary, lock);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  const holder = readJson(lock)?.["identity"];
  const pid = typeof holder === "string" ? Number(path.basename(holder).split("@")[0]) : Number.NaN;
  const alive = Number.isInteger(pid) && identityOf(pid) === holder;
  if (!alive) removeDead(lock, holder);
  return false;
}

/**
 * Removes a dead holder's lock, unless another waiting process has done so and taken it meanwhile.
 * @param {string} lock
 * @param {unknown} holder
 */
function removeDead(lock, holder) {
  const aside = `${lock}.dead.${process.pid}`;
  try {
    fs.renameSync(lock, aside);
  } catch {
    return;
  }
  if (readJson(aside)?.["identity"] !== holder && !fs.existsSync(lock)) fs.renameSync(aside, lock);
  else fs.rmSync(aside, { force: true });
}
