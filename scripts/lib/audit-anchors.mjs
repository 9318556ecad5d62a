import fs from "node:fs";
import path from "node:path";
import { appendEvent, readHeads } from "./audit-database.mjs";
import { isAnchor, readLines } from "./audit-verify.mjs";
import { resolvePath } from "./paths.mjs";

/** @typedef {import("./audit-verify.mjs").Anchor} Anchor */

/**
 * The file outside the database that signed heads are appended to.
 * @param {string} home
 * @param {NodeJS.ProcessEnv} [env]
 */
export function anchorFile(home, env = process.env) {
  const given = env["ASSAY_AUDIT_ANCHOR"];
  return given ? resolvePath(given, env) : path.join(home, "audit", "anchors.jsonl");
}

/**
 * The anchors of each chain, in the order in which they were made.
 * @param {string} file
 * @returns {Promise<Map<string, Anchor[]>>}
 */
export async function readAnchors(file) {
  /** @type {Map<string, Anchor[]>} */
  const anchors = new Map();
  if (!fs.existsSync(file)) return anchors;
  for await (const anchor of readLines(file, isAnchor)) {
    const known = anchors.get(anchor.chain);
    if (known === undefined) anchors.set(anchor.chain, [anchor]);
    else known.push(anchor);
  }
  return anchors;
}

/**
 * Puts an event `audit.restore` on every chain, which names what was anchored last: after a backup was put back, the verifier
 * then tells the gap instead of calling it tampering. In a transaction of the caller's.
 *
 * @param {import("pg").Client} client
 * @param {{ anchors: string, backup: string }} options `anchors`: the file
 * @returns {Promise<number>} chains
 */
export async function recordRestore(client, { anchors, backup }) {
  const byChain = await readAnchors(anchors);
  const chains = new Set(["instance", ...byChain.keys(), ...(await readHeads(client)).map(({ chain }) => chain)]);
  for (const chain of [...chains].sort()) {
    const last = byChain.get(chain)?.reduce((best, anchor) => (anchor.seq > best.seq ? anchor : best));
    const lastAnchor = last === undefined ? null : { seq: last.seq, hash: last.hash, at: last.at };
    const detail = { lastAnchor, backup };
    await appendEvent(client, { chain, action: "audit.restore", subject: chain, detail, actor: "system:restore" });
  }
  return chains.size;
}
