#!/usr/bin/env node
// `npm run lockfile`: writes package-lock.json and completes it. A registry that lacks the packages of some platforms makes npm
// leave them out of the lockfile; `npm ci` then refuses everywhere. They are put in by name, version and platform.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./lib/paths.mjs";

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], optionalDependencies?: Record<string, string> }} Entry */

if (!process.argv.includes("--complete-only")) {
  execFileSync("npm", ["install", "--package-lock-only"], { cwd: ROOT, stdio: "inherit" });
}
const file = path.join(ROOT, "package-lock.json");
/** @type {{ packages: Record<string, Entry> }} */
const lock = JSON.parse(fs.readFileSync(file, "utf8"));
const added = [];
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] || lock.packages[`${parent}/${place}`]) continue;
    const parts = name.split(/[/-]/);
    const os = SYSTEMS.filter((system) => parts.includes(system));
    const cpu = PROCESSORS.filter((processor) => parts.includes(processor)).slice(0, 1);
    if (cpu.length === 0 || !/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(`${parent} wants ${name} ${version}, whose platform its name does not tell: add it by hand`);
    }
    lock.packages[place] = {
      version,
      cpu,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...(os.length > 0 ? { os } : {}),
    };
    added.push(name);
  }
}
const [root, ...others] = Object.entries(lock.packages);
const sorted = others.sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(root === undefined ? sorted : [root, ...sorted]);
fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? "The lockfile was complete." : `Put in ${added.length} packages of other platforms.`);
