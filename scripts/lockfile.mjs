#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { run } from "./lib/console.mjs";
import { Failure } from "./lib/failure.mjs";
import { missingPlatformPackages } from "./lib/lockfile.mjs";
import { ROOT } from "./lib/paths.mjs";

/**
 * `npm run lockfile`: writes package-lock.json and completes it. A registry that lacks the packages of some platforms
 * makes npm leave them out of the lockfile; `npm ci` then refuses everywhere. They are put in by name, version and
 * platform. `--complete-only` leaves npm out; `--check` only looks (part of `npm run verify`).
 */
run(async () => {
  const check = process.argv.includes("--check");
  if (!check && !process.argv.includes("--complete-only")) {
    execFileSync("npm", ["install", "--package-lock-only"], { cwd: ROOT, stdio: "inherit" });
  }
  const file = path.join(ROOT, "package-lock.json");
  const lock = JSON.parse(fs.readFileSync(file, "utf8"));
  const missing = missingPlatformPackages(lock.packages);
  const names = Object.keys(missing);
  if (check) {
    if (names.length > 0) throw new Failure(`package-lock.json lacks ${names.join(", ")}`, "npm run lockfile");
    console.log("package-lock.json has the packages of every platform");
    return;
  }
  const entries = Object.entries({ ...lock.packages, ...missing });
  lock.packages = Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, "en")));
  fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    names.length === 0 ? "The lockfile was complete." : `Put in ${names.length} packages of other platforms.`,
  );
});
