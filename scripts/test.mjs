#!/usr/bin/env node
import { run } from "./lib/console.mjs";
import { checkNode } from "./lib/node-version.mjs";
import { resolvePath } from "./lib/paths.mjs";

/**
 * `npm test`: everything, from a fresh clone. `npm test -- verify | build | unit | e2e …` runs parts; what follows `--`
 * again is passed on as filters. Ends with one line: `N passed, N failed[, N skipped]`.
 */
run(async () => {
  checkNode();
  const { runTests, STAGES } = await import("./lib/test-run.mjs");
  const argv = process.argv.slice(2);
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const stages = STAGES.filter((stage) => argv.slice(0, end).includes(stage));
  const data = process.env["ASSAY_DATA_DIR"];
  // Tests run in processes with other current folders.
  if (data) process.env["ASSAY_DATA_DIR"] = resolvePath(data);
  const { passed, failed, skipped } = await runTests({
    stages: stages.length > 0 ? stages : STAGES,
    filters: argv.slice(end + 1),
  });
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  if (failed > 0) process.exitCode = 1;
});
