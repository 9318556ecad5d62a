import { buildPages, bundle } from "./build.mjs";
import { printError } from "./console.mjs";
import { installNativeEngine } from "./engines.mjs";
import { installPackages } from "./install.mjs";
import { places } from "./paths.mjs";
import { setUp } from "./setup.mjs";
import { formatMs } from "./steps.mjs";
import { requirements } from "./test-require.mjs";
import { CHECK_NAMES, runCheck, runFuzz, runMlflow, runPlaywright, runVitest } from "./test-stages.mjs";

/** @typedef {import("./test-counts.mjs").Counts} Counts */
/** @typedef {"verify" | "build" | "unit" | "e2e"} Stage */

/** @type {Stage[]} */
export const STAGES = ["verify", "build", "unit", "e2e"];

/**
 * Runs the tests, from a bare clone if need be. A stage that fails does not hide the later ones.
 *
 * @param {{ stages: Stage[], filters: string[] }} options
 * @returns {Promise<Counts>} of everything that ran
 */
export async function runTests({ stages, filters }) {
  /** @type {{ name: string, counts: Counts, ms: number }[]} */
  const results = [];
  const stage = async (/** @type {string} */ name, /** @type {() => Promise<Counts>} */ work) => {
    const startedAt = Date.now();
    const counts = await work().catch((error) => {
      printError(error);
      return failed(name);
    });
    results.push({ name, counts, ms: Date.now() - startedAt });
    return counts.failed === 0;
  };
  const quietly = (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ work) =>
    stage(name, async () => {
      await work();
      return { passed: 1, failed: 0, skipped: 0, names: [] };
    });

  const wanted = requirements();
  // Playwright's configuration takes the browser from here.
  if (wanted.found.chromium) process.env["ASSAY_CHROMIUM"] = wanted.found.chromium;
  const say = (/** @type {string} */ detail) => console.log(`packages: ${detail}`);
  const installed = await quietly("packages", () => installPackages({ dev: true, say }));
  if (installed) {
    await quietly("setup", () => setUp());
    for (const { name, remedy } of wanted.missing) {
      await stage(`requires ${name}`, async () => failed(`${name} is not here: ${remedy}`));
    }
    if (wanted.required.includes("native") && stages.includes("unit")) {
      await quietly("native engine", async () => {
        const { ok, reason } = await installNativeEngine({ cache: places().cache });
        if (!ok) throw new Error(`the native engine could not be installed: ${reason}`);
      });
    }
    if (stages.includes("verify")) for (const name of CHECK_NAMES) await stage(name, () => runCheck(name));
    if (stages.includes("build")) {
      await quietly("bundle", () => bundle());
      await quietly("pages", () => buildPages());
    }
    if (stages.includes("unit")) await stage("vitest", () => runVitest(filters));
    if (stages.includes("unit") && filters.length === 0) {
      const hasPython = wanted.found.python !== undefined;
      await stage("fuzz", () => runFuzz({ hasPython, isRequired: wanted.required.includes("python") }));
    }
    if (stages.includes("e2e") && filters.length === 0) {
      const hasPython = wanted.found.python !== undefined;
      await stage("mlflow", () => runMlflow({ hasPython, isRequired: wanted.required.includes("python") }));
    }
    if (stages.includes("e2e")) await stage("playwright", () => runPlaywright(filters));
  }
  return summarise(results, wanted.strict);
}

/**
 * Prints a line a stage, then every failed and skipped test by name.
 * @param {{ name: string, counts: Counts, ms: number }[]} results
 * @param {boolean} strict a skipped test is a failed one
 * @returns {Counts}
 */
function summarise(results, strict) {
  /** @type {Counts} */
  const total = { passed: 0, failed: 0, skipped: 0, names: [] };
  console.log("\nSummary");
  for (const { name, counts, ms } of results) {
    const parts = [
      `${counts.passed} passed`,
      counts.failed && `${counts.failed} failed`,
      counts.skipped && `${counts.skipped} skipped`,
    ];
    console.log(
      `  ${counts.failed > 0 ? "✗" : "✓"} ${name.padEnd(18)} ${parts.filter(Boolean).join(", ")}  (${formatMs(ms)})`,
    );
    total.passed += counts.passed;
    total.failed += counts.failed + (strict ? counts.skipped : 0);
    total.skipped += strict ? 0 : counts.skipped;
    total.names.push(...counts.names);
  }
  for (const name of total.names) console.log(`  ${name}`);
  if (strict && total.names.some((name) => name.startsWith("skipped"))) {
    console.log("  (ASSAY_TEST_REQUIRE names everything a test could wait for: what is skipped counts as failed)");
  }
  return total;
}

/**
 * @param {string} name
 * @returns {Counts}
 */
function failed(name) {
  return { passed: 0, failed: 1, skipped: 0, names: [`failed: ${name}`] };
}
