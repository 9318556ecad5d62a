import { stripVTControlCharacters } from "node:util";
import { readJson } from "./files.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number, names: string[] }} Counts `names`: what failed, was skipped, or passed only when it was tried again */

/** @typedef {{ title?: string, suites?: PlaywrightSuite[], specs?: { title: string, tests?: { status: string, results?: { error?: { message?: string } }[] }[] }[] }} PlaywrightSuite */

const FLAKY = "passed at the second try only";

/**
 * What vitest's JSON report says. A file that could not be loaded has no tests in it and counts as one that failed.
 * @param {string} file
 * @param {number | null} exitCode vitest's own: an error outside all tests shows only there
 * @returns {Counts}
 */
export function vitestCounts(file, exitCode) {
  const report = readJson(file);
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: 0, names: [] };
  const suites = Array.isArray(report?.["testResults"]) ? report["testResults"] : [];
  for (const suite of suites) {
    const tests = Array.isArray(suite.assertionResults) ? suite.assertionResults : [];
    for (const { status, fullName, failureMessages } of tests) {
      const why = firstLine(failureMessages?.[0]);
      if (status === "passed") counts.passed += 1;
      else if (status === "failed") counts.failed += 1;
      else counts.skipped += 1;
      if (status === "failed") counts.names.push(`failed: ${fullName}: ${why}`);
      else if (status !== "passed") counts.names.push(`skipped: ${fullName}`);
      else if (why !== "") counts.names.push(`${FLAKY}: ${fullName}: ${why}`);
    }
    const hasFailed = tests.some((/** @type {{ status: string }} */ one) => one.status === "failed");
    if (suite.status === "failed" && !hasFailed) {
      counts.failed += 1;
      counts.names.push(`failed: ${suite.name}: ${firstLine(suite.message)}`);
    }
  }
  return withExitCode(counts, exitCode, "vitest");
}

/**
 * What Playwright's JSON report says. A test that passed only when it was tried again counts as passed, and is named.
 * @param {string} file
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function playwrightCounts(file, exitCode) {
  const report = readJson(file);
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: 0, names: [] };
  const visit = (/** @type {PlaywrightSuite} */ suite, /** @type {string} */ prefix) => {
    for (const child of suite.suites ?? []) visit(child, `${prefix}${child.title} › `);
    for (const spec of suite.specs ?? []) {
      for (const { status, results } of spec.tests ?? []) {
        if (status === "expected" || status === "flaky") counts.passed += 1;
        else if (status === "skipped") counts.skipped += 1;
        else counts.failed += 1;
        if (status === "expected") continue;
        const word = status === "skipped" ? status : status === "flaky" ? FLAKY : "failed";
        const why = firstLine(results?.find((one) => one.error !== undefined)?.error?.message);
        counts.names.push(`${word}: ${prefix}${spec.title}${why && `: ${why}`}`);
      }
    }
  };
  visit(report ?? {}, "");
  return withExitCode(counts, exitCode, "playwright");
}

/**
 * What the suite with the genuine MLflow client says.
 * @param {string} file
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function mlflowCounts(file, exitCode) {
  const report = readJson(file);
  const number = (/** @type {unknown} */ value) => (typeof value === "number" ? value : 0);
  const names = Array.isArray(report?.["names"]) ? report["names"].map(String) : [];
  const [passed, failed, skipped] = ["passed", "failed", "skipped"].map((name) => number(report?.[name]));
  return withExitCode({ passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0, names }, exitCode, "mlflow");
}

/**
 * @param {Counts} counts
 * @param {number | null} exitCode
 * @param {string} runner
 * @returns {Counts}
 */
function withExitCode(counts, exitCode, runner) {
  if (exitCode === 0 ? counts.passed + counts.failed + counts.skipped > 0 : counts.failed > 0) return counts;
  const why = exitCode === 0 ? "ran no test" : `ended with ${exitCode} outside its tests`;
  return { ...counts, failed: counts.failed + 1, names: [...counts.names, `failed: ${runner} ${why}`] };
}

/**
 * What went wrong, without the colours of a terminal.
 * @param {unknown} message
 */
function firstLine(message) {
  if (typeof message !== "string") return "";
  return (stripVTControlCharacters(message).trim().split("\n", 1)[0] ?? "").slice(0, 300);
}
