import fs from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";

/**
 * Bytes that are free where a path is, or will be.
 * @param {string} folder
 */
export function freeBytes(folder) {
  let existing = folder;
  while (!fs.existsSync(existing)) existing = path.dirname(existing);
  const { bavail, bsize } = fs.statfsSync(existing);
  return bavail * bsize;
}

/**
 * @param {string} folder
 * @param {number} needed bytes
 * @param {string} what it is for
 * @throws {Failure}
 */
export function requireSpace(folder, needed, what) {
  const free = freeBytes(folder);
  if (free >= needed) return;
  throw new Failure(
    `The disk is nearly full: ${formatBytes(free)} free at ${folder}, ${formatBytes(needed)} needed for ${what}.`,
    "Free some space, or set ASSAY_HOME and ASSAY_CACHE to folders on another disk, and start again.",
  );
}

/**
 * "1.5 GB", "310 MB".
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
