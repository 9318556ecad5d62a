import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The clone: the folder that holds package.json. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * A path as the person meant it: `~` is the home folder, and a relative one starts where npm was typed (npm itself
 * changes to the folder of package.json and keeps the other in INIT_CWD).
 * @param {string} value
 * @param {NodeJS.ProcessEnv} [env]
 */
export function resolvePath(value, env = process.env) {
  if (value === "~") return os.homedir();
  if (value.startsWith("~/")) return path.join(os.homedir(), value.slice(2));
  return path.resolve(env["INIT_CWD"] ?? process.cwd(), value);
}

/**
 * Where this installation keeps its state (`ASSAY_HOME`, default `.assay` in the clone), what may be shared between
 * clones (`ASSAY_CACHE`, default `~/.cache/assay`), and the data folder if one was named. All absolute.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ home: string, cache: string, dataDir: string | undefined }}
 */
export function places(env = process.env) {
  const home = env["ASSAY_HOME"];
  const cache = env["ASSAY_CACHE"];
  const data = env["ASSAY_DATA_DIR"];
  const xdg = env["XDG_CACHE_HOME"];
  return {
    home: home ? resolvePath(home, env) : path.join(ROOT, ".assay"),
    cache: cache ? resolvePath(cache, env) : path.join(xdg || path.join(os.homedir(), ".cache"), "assay"),
    dataDir: data ? resolvePath(data, env) : undefined,
  };
}
