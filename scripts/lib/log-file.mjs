import fs from "node:fs";
import path from "node:path";

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT = 5;

/**
 * A log file that is turned over at 10 MB; five are kept (`x.log`, `x.log.1` … `x.log.4`, the last the oldest).
 * A disk that is full loses log lines, never the process that writes them.
 *
 * @param {string} file
 * @param {{ maxBytes?: number, kept?: number }} [options]
 * @returns {{ file: string, write: (text: string | Uint8Array) => void, close: () => void }}
 */
export function openLog(file, { maxBytes = MAX_BYTES, kept = KEPT } = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  let descriptor = fs.openSync(file, "a", 0o600);
  let size = fs.fstatSync(descriptor).size;
  const turnOver = () => {
    fs.closeSync(descriptor);
    for (let index = kept - 1; index >= 1; index -= 1) {
      const older = index === 1 ? file : `${file}.${index - 1}`;
      if (fs.existsSync(older)) fs.renameSync(older, `${file}.${index}`);
    }
    descriptor = fs.openSync(file, "a", 0o600);
    size = 0;
  };
  return {
    file,
    write(text) {
      const bytes = typeof text === "string" ? Buffer.from(text) : text;
      try {
        if (size > 0 && size + bytes.length > maxBytes) turnOver();
        fs.writeSync(descriptor, bytes);
        size += bytes.length;
      } catch {
        // Nothing to be done here: there is no other place to say it, and the next write tries again.
      }
    },
    close: () => fs.closeSync(descriptor),
  };
}

/**
 * The last lines of a file, oldest first; [] if there is none. Reads 64 KB at most.
 * @param {string} file
 * @param {number} count
 * @returns {string[]}
 */
export function lastLines(file, count) {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return [];
  const length = Math.min(size, 65_536);
  const buffer = Buffer.alloc(length);
  const descriptor = fs.openSync(file, "r");
  fs.readSync(descriptor, buffer, 0, length, size - length);
  fs.closeSync(descriptor);
  return buffer.toString("utf8").trimEnd().split("\n").slice(-count);
}
