import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./failure.mjs";

/**
 * Whether the process runs. A zombie (ended, not yet collected by its parent) does not.
 * @param {number} pid
 */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== "EPERM") return false;
  }
  return statFields(pid)?.[0] !== "Z";
}

/**
 * What tells a process from a later one with the same number: the number and its start time. Undefined if it is gone.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function identityOf(pid) {
  if (!isRunning(pid)) return undefined;
  const fields = statFields(pid);
  if (fields) return `${pid}@${fields[19]}`;
  const started = ps(pid, "lstart");
  return started ? `${pid}@${started}` : undefined;
}

/**
 * The command line of a process, words joined by spaces; "" if it is gone or hidden.
 * @param {number} pid
 */
export function commandOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return fs.existsSync("/proc/self/stat") ? "" : ps(pid, "command");
  }
}

/**
 * Waits until the process is gone.
 * @param {number} pid
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} false if it still runs
 */
export async function waitUntilGone(pid, timeoutMs) {
  const end = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > end) return false;
    await sleep(25);
  }
  return true;
}

/**
 * Sends a signal; a process that is gone already is no fault.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalIfRunning(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

/**
 * Fields of /proc/<pid>/stat from the state on (proc(5): state is field 3, start time field 22), or undefined where
 * there is no /proc.
 * @param {number} pid
 * @returns {string[] | undefined}
 */
function statFields(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in brackets and may itself hold spaces and brackets.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {string} column
 */
function ps(pid, column) {
  return spawnSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
}
