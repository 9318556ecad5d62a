import fs from "node:fs";
import path from "node:path";
import { codeOf } from "./failure.mjs";
import { readJson } from "./files.mjs";
import { identityOf } from "./processes.mjs";

/**
 * The start that holds a home.
 * @typedef {{ pid: number, identity: string, address: string }} HomeHolder
 */

/**
 * @param {string} home
 */
const lockFile = (home) => path.join(home, "run", "start.json");

/**
 * The start that runs on this home, if one does; what a killed one left does not count.
 * @param {string} home
 * @returns {HomeHolder | undefined}
 */
export function homeHolder(home) {
  const { pid, identity, address } = readJson(lockFile(home)) ?? {};
  if (typeof pid !== "number" || typeof identity !== "string" || typeof address !== "string") return undefined;
  return identityOf(pid) === identity ? { pid, identity, address } : undefined;
}

/**
 * Takes the home for this process.
 * @param {string} home
 * @param {string} address where it will be reached
 * @returns {HomeHolder | undefined} the other start that holds it; undefined: it is ours now
 */
export function takeHome(home, address) {
  const mine = { pid: process.pid, identity: identityOf(process.pid) ?? "", address };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      fs.writeFileSync(lockFile(home), JSON.stringify(mine), { flag: "wx", mode: 0o600 });
      return undefined;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const holder = homeHolder(home);
    if (holder) return holder;
    fs.rmSync(lockFile(home), { force: true });
  }
  return homeHolder(home);
}

/**
 * @param {string} home
 */
export function releaseHome(home) {
  if (homeHolder(home)?.pid === process.pid) fs.rmSync(lockFile(home), { force: true });
}
