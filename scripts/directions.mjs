#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./lib/paths.mjs";

/**
 * `npm run directions`: who imports whom (`.dependency-cruiser.cjs`). A cruiser that sees nothing passes everything, so
 * the number of modules and of imports between them is checked as well.
 */
const FOLDERS = ["app", "lib", "server", "workers"].filter((folder) => fs.existsSync(path.join(ROOT, folder)));
const cli = path.join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const args = [cli, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...FOLDERS];
const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 30 });
if (!stdout) {
  console.error(stderr);
  process.exit(1);
}
/** @type {{ summary: { totalCruised: number, totalDependenciesCruised: number, violations: { from: string, to: string, rule: { name: string, severity: string } }[] } }} */
const { summary } = JSON.parse(stdout);
for (const { from, to, rule } of summary.violations) console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
const { totalCruised: modules, totalDependenciesCruised: imports } = summary;
console.log(`${modules} modules, ${imports} imports, ${summary.violations.length} violations`);
if (modules === 0 || imports < modules / 2) {
  console.error("Too few modules or imports were seen: the cruiser does not understand the sources.");
  process.exitCode = 1;
}
if (summary.violations.some(({ rule }) => rule.severity === "error")) process.exitCode = 1;
