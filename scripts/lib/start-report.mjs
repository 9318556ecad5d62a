import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "./files.mjs";
import { formatMs } from "./steps.mjs";

/**
 * What the server writes when it makes the first admin; shown once and deleted.
 * @typedef {{ email: string, password?: string | undefined, apiKey?: string | undefined }} FirstBoot
 */

/**
 * Takes the credentials of the first boot, waiting for them a moment when this is one.
 * @param {string} home
 * @param {{ patienceMs: number, signal: AbortSignal }} options
 * @returns {Promise<FirstBoot | undefined>}
 */
export async function takeFirstBoot(home, { patienceMs, signal }) {
  const file = path.join(home, "secrets", "first-boot.json");
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = readJson(file);
    if (found && typeof found["email"] === "string") {
      fs.rmSync(file, { force: true });
      const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : undefined);
      return { email: found["email"], password: text(found["password"]), apiKey: text(found["apiKey"]) };
    }
    if (Date.now() >= end || signal.aborted) return undefined;
    await sleep(100);
  }
}

/**
 * The last lines of a start: where it is, how to sign in, what to do next, what took how long.
 *
 * @param {object} facts
 * @param {string} facts.address
 * @param {string} facts.home
 * @param {boolean} facts.pages
 * @param {boolean} facts.quickstart the first models are being trained by themselves
 * @param {FirstBoot | undefined} facts.firstBoot
 * @param {{ title: string, ms: number }[]} facts.times
 * @param {number} facts.totalMs
 * @returns {string}
 */
export function report({ address, home, pages, quickstart, firstBoot, times, totalMs }) {
  const lines = ["", `Assay is ready at ${address}`, ""];
  if (firstBoot) {
    lines.push(`  Sign in   ${firstBoot.email}`);
    if (firstBoot.password)
      lines.push(`  Password  ${firstBoot.password}   (shown this once; changed at first sign-in)`);
    if (firstBoot.apiKey) lines.push(`  API key   ${firstBoot.apiKey}   (shown this once)`);
    lines.push("");
  }
  const next = quickstart
    ? `Open ${address}/draw and draw a digit: it is recognised as soon as the first model is trained, in a few minutes. Watch that at ${address}/runs`
    : `Open ${address} (draw a digit at ${address}/draw).`;
  lines.push(pages ? `  Next      ${next}` : `  Next      The API is described at ${address}/api/openapi.json`);
  lines.push(`  Logs      ${path.join(home, "logs")}`, "  Stop      Ctrl-C", "");
  const parts = times.filter(({ ms }) => ms >= 100).map(({ title, ms }) => `${title.toLowerCase()} ${formatMs(ms)}`);
  lines.push(`  Started in ${formatMs(totalMs)}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}`);
  return lines.join("\n");
}
