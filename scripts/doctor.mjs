#!/usr/bin/env node
import { run } from "./lib/console.mjs";
import { examine } from "./lib/doctor.mjs";
import { loadEnvFile } from "./lib/env-file.mjs";

const MARKS = { ok: "✓", warn: "!", bad: "✗" };

/** `npm run doctor`: what is installed and running, where things are, what is wrong and what to do. 1 when something is. */
run(async () => {
  loadEnvFile();
  const findings = await examine();
  for (const { state, name, says, remedy } of findings) {
    console.log(`${MARKS[state]} ${name.padEnd(10)} ${says}`);
    if (remedy) console.log(`  ${" ".repeat(10)} → ${remedy}`);
  }
  const bad = findings.filter(({ state }) => state === "bad").length;
  console.log(bad > 0 ? `\n${bad} to be put right.` : "\nNothing is wrong.");
  if (bad > 0) process.exitCode = 1;
});
