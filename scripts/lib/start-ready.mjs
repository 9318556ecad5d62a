import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { lastLines } from "./log-file.mjs";

/**
 * Waits until the server answers GET on an address with success.
 *
 * @param {object} options
 * @param {string} options.address full URL
 * @param {string} options.logFile the server's, quoted when it does not come up
 * @param {() => number} options.crashes how often it has ended so far
 * @param {AbortSignal} options.signal
 * @param {number} [options.timeoutMs]
 * @throws {Failure} it ends again and again, or does not answer in time
 */
export async function waitUntilAnswered({ address, logFile, crashes, signal, timeoutMs = 120_000 }) {
  const end = Date.now() + timeoutMs;
  while (!signal.aborted) {
    if (crashes() >= 3) {
      throw new Failure(
        `The server ends as soon as it is started. Its last words:\n${quote(logFile)}`,
        `Correct what they name. The whole log: ${logFile}; \`npm run doctor\` looks at the rest.`,
      );
    }
    if (await answers(address)) return;
    if (Date.now() > end) {
      throw new Failure(
        `The server does not answer after ${timeoutMs / 1000} s. Its last words:\n${quote(logFile)}`,
        `See ${logFile}, or start with --verbose.`,
      );
    }
    await sleep(50);
  }
}

/**
 * Whether it answers with success within 2 s. The clock is our own: a fetch that is aborted while its body comes may never
 * settle in Node 20.
 * @param {string} url
 */
async function answers(url) {
  const stop = new AbortController();
  const late = sleep(2_000, false, { signal: stop.signal }).catch(() => false);
  try {
    return await Promise.race([isOk(url, stop.signal), late]);
  } finally {
    stop.abort();
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function isOk(url, signal) {
  try {
    const reply = await fetch(url, { signal });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
}

/**
 * @param {string} file
 */
function quote(file) {
  return lastLines(file, 12)
    .map((line) => `  | ${readable(line)}`)
    .join("\n");
}

/**
 * The message of a JSON log line, with its error; other lines as they are.
 * @param {string} line
 */
function readable(line) {
  try {
    const { msg, err } = JSON.parse(line);
    return [msg, err?.message].filter((part) => typeof part === "string").join(": ") || line;
  } catch {
    return line;
  }
}
