import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { arePagesBuilt } from "./build.mjs";
import { formatBytes, freeBytes } from "./disk.mjs";
import { fault } from "./doctor-fault.mjs";
import { filesUnder, readJson } from "./files.mjs";
import { isInstalled } from "./install.mjs";
import { lastLines } from "./log-file.mjs";
import { checkNode } from "./node-version.mjs";

/** @typedef {import("./doctor.mjs").Finding} Finding */

/** @returns {Finding} */
export function node() {
  try {
    checkNode();
    return { state: "ok", name: "Node", says: `${process.versions.node} on ${process.platform} ${process.arch}` };
  } catch (error) {
    return fault("Node", error);
  }
}

/** @returns {Finding} */
export function packages() {
  if (isInstalled()) return { state: "ok", name: "Packages", says: "as package-lock.json has them" };
  return {
    state: "warn",
    name: "Packages",
    says: "not installed, or not those of package-lock.json",
    remedy: "npm start installs them",
  };
}

/** @returns {Finding} */
export function build() {
  if (arePagesBuilt()) return { state: "ok", name: "Build", says: "of these sources" };
  return {
    state: "warn",
    name: "Build",
    says: "not there, or of other sources",
    remedy: "npm start builds it (or npm run build)",
  };
}

/**
 * @param {string} home
 * @param {string} cache
 * @param {string | undefined} dataDir
 * @returns {Finding[]}
 */
export function folders(home, cache, dataDir) {
  /** @type {Finding[]} */
  const findings = [];
  const size = filesUnder(path.join(home, "blobs")).reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const contents = fs.existsSync(home) ? `blobs ${formatBytes(size)}` : "not made yet";
  for (const [name, folder, says] of [
    ["State", home, contents],
    ["Cache", cache, fs.existsSync(cache) ? "engines and datasets" : "not made yet"],
  ]) {
    if (!name || !folder) continue;
    const free = freeBytes(folder);
    const tight = free < 1e9;
    findings.push({
      state: free < 200e6 ? "bad" : tight ? "warn" : "ok",
      name,
      says: `${folder} (${says}; ${formatBytes(free)} free)`,
      remedy: tight ? "Free some space, or move it: ASSAY_HOME, ASSAY_CACHE" : undefined,
    });
  }
  if (dataDir) {
    const there = fs.existsSync(path.join(dataDir, "mnist"));
    findings.push({
      state: there ? "ok" : "bad",
      name: "Data",
      says: there ? `${dataDir} (mnist)` : `ASSAY_DATA_DIR is ${dataDir}, which holds no folder mnist`,
      remedy: there
        ? undefined
        : "Point it at the folder that holds mnist/, or leave it out (MNIST is downloaded then)",
    });
  }
  return findings;
}

/**
 * @param {string} home
 * @param {string} cache
 * @returns {Finding}
 */
export function engine(home, cache) {
  const status = readJson(path.join(home, "run", "engines.json"));
  const name = "Engine";
  if (status) {
    const { state, engine: which, reason } = status;
    return { state: "ok", name, says: `${which}, ${state}${reason ? `: ${reason}` : ""}` };
  }
  const tools = ["python3", "pip", "g++"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
  const kept = fs.existsSync(path.join(cache, "engines"));
  const says = kept ? "kept in the cache" : "not installed yet";
  if (tools.length === 0) return { state: "ok", name, says };
  return {
    state: "warn",
    name,
    says: `${says}; ${tools.join(", ")} missing, so training uses wasm`,
    remedy: `apt-get install ${tools.join(" ")}`,
  };
}

/**
 * @param {string} home
 * @returns {Finding[]}
 */
export function logs(home) {
  const folder = path.join(home, "logs");
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".log")) : [];
  return files.map((file) => {
    const severe = lastLines(path.join(folder, file), 200).filter((line) =>
      /"level":(50|60)|\b(FATAL|PANIC):/.test(line),
    );
    const says = `${path.join(folder, file)}${severe.length > 0 ? `: ${severe.length} errors among its last lines` : ""}`;
    return {
      state: severe.length > 0 ? /** @type {const} */ ("warn") : "ok",
      name: "Log",
      says,
      remedy: severe.at(-1)?.slice(0, 400),
    };
  });
}
