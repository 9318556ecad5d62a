import { anchorFile, readAnchors } from "./audit-anchors.mjs";
import { deniedOf, readEvents, readHeads, readTombstones } from "./audit-database.mjs";
import { verifyChain } from "./audit-verify.mjs";

/**
 * Recomputes the chains of the database and compares them with the anchors outside it.
 *
 * @param {import("pg").Client} client
 * @param {{ home: string, keys: Map<string, import("node:crypto").KeyObject>, chain?: string | undefined,
 *   fromAnchor?: boolean, anchors?: string }} options `fromAnchor`: begins at the newest anchor of each chain
 * @returns {Promise<{ ok: boolean, checkedAt: string, durationMs: number, events: number, anchors: number,
 *   chains: import("./audit-verify.mjs").ChainReport[] }>}
 */
export async function verifyDatabase(client, { home, keys, chain, fromAnchor = false, anchors }) {
  const startedAt = Date.now();
  const byChain = await readAnchors(anchors ?? anchorFile(home));
  const heads = new Map((await readHeads(client)).map((head) => [head.chain, head]));
  const tombstones = await readTombstones(client);
  const names = [...new Set([...heads.keys(), ...byChain.keys()])].sort();
  const reports = [];
  for (const name of names.filter((candidate) => chain === undefined || candidate === chain)) {
    const anchored = byChain.get(name) ?? [];
    const head = heads.get(name) ?? { chain: name, seq: 0, hash: "0".repeat(64) };
    const start = fromAnchor ? await newestMet(client, anchored) : undefined;
    reports.push(
      await verifyChain({
        chain: name,
        rows: readEvents(client, { chain: name, from: start?.seq ?? 1, to: Number.MAX_SAFE_INTEGER }),
        head,
        anchors: anchored,
        tombstones: tombstones.filter((tombstone) => tombstone.chain === name),
        keys,
        ...(start === undefined ? {} : { start }),
        denied: deniedOf(client),
      }),
    );
  }
  return {
    ok: reports.every((report) => report.ok),
    checkedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
    events: reports.reduce((sum, report) => sum + report.events, 0),
    anchors: [...byChain.values()].reduce((sum, list) => sum + list.length, 0),
    chains: reports,
  };
}

/**
 * The newest anchor that the chain agrees with.
 * @param {import("pg").Client} client
 * @param {import("./audit-verify.mjs").Anchor[]} anchors in the order in which they were made
 */
async function newestMet(client, anchors) {
  for (const anchor of anchors.toReversed()) {
    const found = await client.query("SELECT 1 FROM audit_event WHERE chain = $1 AND seq = $2::bigint AND hash = $3", [
      anchor.chain,
      String(anchor.seq),
      anchor.hash,
    ]);
    if (found.rowCount === 1) return anchor;
  }
  return undefined;
}
