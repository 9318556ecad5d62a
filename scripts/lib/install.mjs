import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { readIfThere, readJson, writeAtomic } from "./files.mjs";
import { ROOT } from "./paths.mjs";

/**
 * Whether node_modules is what package-lock.json says. A stamp of the lockfile's hash answers at once; without one
 * (somebody typed `npm ci` themselves) the versions that npm recorded are compared.
 * @param {{ root?: string, dev?: boolean }} [options] `dev`: development dependencies count too
 */
export function isInstalled({ root = ROOT, dev = false } = {}) {
  const installed = readJson(path.join(root, "node_modules", ".package-lock.json"))?.["packages"];
  const locked = readJson(path.join(root, "package-lock.json"))?.["packages"];
  if (!isRecord(installed) || !isRecord(locked)) return false;
  if (!dev && readIfThere(stampFile(root)) === stampOf(root)) return true;
  return Object.entries(locked).every(([name, wanted]) => {
    if (name === "" || !isRecord(wanted) || wanted["optional"] || wanted["link"]) return true;
    if ((wanted["dev"] || wanted["devOptional"]) && !dev) return true;
    const there = installed[name];
    return isRecord(there) && there["version"] === wanted["version"];
  });
}

/**
 * `npm ci` where it is needed.
 * @param {{ root?: string, dev?: boolean, say?: (detail: string) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<boolean>} false: nothing was to be done
 * @throws {Failure} no network, disk full, not writable, or what npm said
 */
export async function installPackages({ root = ROOT, dev = false, say = () => undefined, signal } = {}) {
  if (isInstalled({ root, dev })) {
    if (readIfThere(stampFile(root)) !== stampOf(root)) writeAtomic(stampFile(root), stampOf(root), 0o644);
    say("up to date");
    return false;
  }
  const count = Object.keys(readJson(path.join(root, "package-lock.json"))?.["packages"] ?? {}).length - 1;
  say(`npm ci, ${count} packages, about 1 GB`);
  const { code, output } = await npm(
    root,
    ["ci", "--no-audit", "--no-fund", ...(dev ? ["--include=dev"] : [])],
    signal,
  );
  if (code !== 0) throw explain(output);
  writeAtomic(stampFile(root), stampOf(root), 0o644);
  say(`${count} packages`);
  return true;
}

/**
 * @param {string} root
 * @param {string[]} args
 * @param {AbortSignal | undefined} signal
 */
function npm(root, args, signal) {
  // Under npm (any version) that very npm; else the one on the path.
  const cli = process.env["npm_execpath"];
  const [command, rest] = cli?.endsWith(".js") ? [process.execPath, [cli, ...args]] : ["npm", args];
  return new Promise((/** @type {(result: { code: number | null, output: string }) => void} */ resolve, reject) => {
    const child = spawn(command, rest, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...(signal ? { signal } : {}) });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject).on("close", (code) => resolve({ code, output }));
  });
}

/**
 * @param {string} output what npm wrote
 */
function explain(output) {
  const said = output.split("\n").filter((line) => /npm (ERR!|error)/.test(line) && !/complete log|debug-0/.test(line));
  const message = `The packages could not be installed:\n${said.slice(0, 8).join("\n") || output.trim().slice(-800)}`;
  if (/ENOSPC|no space left/i.test(output)) {
    return new Failure(message, "The disk is full: free about 2 GB and type npm start again.");
  }
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|network/i.test(output)) {
    return new Failure(
      message,
      "The package registry was not reached. Check the network (behind a proxy: `npm config set proxy`), then type npm " +
        "start again: what was downloaded already is kept.",
    );
  }
  if (/EACCES|EPERM/.test(output)) {
    return new Failure(message, "Make the clone writable for you (chown -R), or clone it into a folder of your own.");
  }
  return new Failure(
    message,
    "If package.json was changed, run `npm install`; else remove node_modules and try again.",
  );
}

/**
 * @param {string} root
 */
function stampOf(root) {
  return createHash("sha256")
    .update(fs.readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
}

/**
 * @param {string} root
 */
function stampFile(root) {
  return path.join(root, "node_modules", ".assay", "lockfile");
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null;
}
