import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/**
 * Makes the state folder. It can be passed through but not listed by others, because Postgres runs as another user
 * when we are root; what is private has a 0700 folder of its own inside.
 * @param {string} home
 */
export function makeHome(home) {
  fs.mkdirSync(home, { recursive: true, mode: 0o711 });
  const { mode } = fs.statSync(home);
  // One that was made for us (a temporary folder, 0700) as well, so that the database can stay in it.
  if (process.getuid?.() === 0) fs.chmodSync(home, mode | 0o011);
  for (const name of ["secrets", "run", "logs", "backups"]) {
    fs.mkdirSync(path.join(home, name), { recursive: true, mode: 0o700 });
  }
}

/**
 * Writes a file so that a reader sees the old content or the new, never half of it.
 * @param {string} file
 * @param {string} content
 * @param {number} [mode]
 */
export function writeAtomic(file, content, mode = 0o600) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, content, { mode });
  fs.renameSync(temporary, file);
}

/**
 * The text of a file, or undefined where there is none.
 * @param {string} file
 */
export function readIfThere(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * A JSON object from a file; undefined where the file is absent, damaged or not an object.
 * @param {string} file
 * @returns {Record<string, unknown> | undefined}
 */
export function readJson(file) {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * All files at or under a path, sorted, without node_modules and dot folders.
 * @param {string} start
 * @returns {string[]}
 */
export function filesUnder(start) {
  const stat = fs.statSync(start, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [start];
  const names = fs.readdirSync(start).sort();
  return names
    .filter((name) => name !== "node_modules" && !name.startsWith("."))
    .flatMap((name) => filesUnder(path.join(start, name)));
}

/**
 * SHA-256 (hex) over the names and contents of the given files and folders.
 * @param {string} root names are taken relative to this folder
 * @param {string[]} inputs relative to `root`; those that do not exist are left out
 * @param {(file: string) => boolean} [keep] relative path → whether it counts
 */
export function hashOf(root, inputs, keep = () => true) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const file of filesUnder(path.join(root, input))) {
      const name = path.relative(root, file);
      if (!keep(name)) continue;
      hash.update(`${name}\0`).update(fs.readFileSync(file)).update("\0");
    }
  }
  return hash.digest("hex");
}
