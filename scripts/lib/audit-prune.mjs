import { anchorFile, readAnchors } from "./audit-anchors.mjs";
import { appendEvent } from "./audit-database.mjs";
import { signatureFault } from "./audit-verify.mjs";
import { Failure } from "./failure.mjs";

/** The least that the AI Act lets providers and deployers keep logs for. */
const LEAST_MONTHS = 6;

/**
 * Removes events older than the retention, of each chain only up to an anchor that vouches for the end: a tombstone and an
 * event `audit.prune` stay. Refused attempts of that age go too. Needs the owner's role: the application's may not delete.
 *
 * @param {import("pg").Client} client
 * @param {{ home: string, keys: Map<string, import("node:crypto").KeyObject>, months: number, anchors?: string, now?: Date }} options
 * @returns {Promise<{ chain: string, fromSeq: number, toSeq: number, events: number }[]>} what was removed
 * @throws {Failure} fewer months than allowed
 */
export async function pruneAudit(client, { home, keys, months, anchors, now = new Date() }) {
  if (!Number.isInteger(months) || months < LEAST_MONTHS) {
    throw new Failure(
      `Events are kept for ${LEAST_MONTHS} months at least, and ${months} were asked for.`,
      "Set ASSAY_AUDIT_RETENTION_MONTHS to 6 or more.",
    );
  }
  const before = new Date(now);
  before.setUTCMonth(before.getUTCMonth() - months);
  const done = [];
  for (const [chain, anchored] of await readAnchors(anchors ?? anchorFile(home))) {
    const old = anchored.filter((anchor) => anchor.at < before.toISOString() && signatureFault(anchor, keys) === null);
    const pruned = await inTransaction(client, () => pruneChain(client, chain, old, before));
    if (pruned !== null) done.push(pruned);
  }
  return done;
}

/**
 * @param {import("pg").Client} client
 * @param {string} chain
 * @param {import("./audit-verify.mjs").Anchor[]} anchors older than `before`, in the order in which they were made
 * @param {Date} before
 */
async function pruneChain(client, chain, anchors, before) {
  // Taken first, and for the shortest time: nobody can append meanwhile.
  await client.query("SELECT 1 FROM audit_head WHERE chain = $1 FOR UPDATE", [chain]);
  const anchor = await newestOver(client, chain, anchors, before);
  if (anchor === undefined) return null;
  const { rows } = await client.query("SELECT min(seq)::float8 AS seq FROM audit_event WHERE chain = $1", [chain]);
  const fromSeq = rows[0].seq;
  await client.query("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only");
  const range = [chain, String(anchor.seq)];
  await client.query("ALTER TABLE audit_personal DISABLE TRIGGER audit_personal_kept");
  await client.query(
    `DELETE FROM audit_personal WHERE id IN (
       SELECT detail #>> '{personal,id}' FROM audit_event WHERE chain = $1 AND seq <= $2::bigint)`,
    range,
  );
  const { rowCount } = await client.query("DELETE FROM audit_event WHERE chain = $1 AND seq <= $2::bigint", range);
  await client.query("ALTER TABLE audit_personal ENABLE TRIGGER audit_personal_kept");
  await client.query("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only");
  await client.query(
    "INSERT INTO audit_tombstone (chain, from_seq, to_seq, end_hash, at) VALUES ($1, $2::bigint, $3::bigint, $4, now())",
    [chain, String(fromSeq), String(anchor.seq), anchor.hash],
  );
  const deniedToId = chain === "instance" ? await pruneDenied(client, before) : 0;
  const detail = { fromSeq, toSeq: anchor.seq, endHash: anchor.hash, before: before.toISOString(), deniedToId };
  await appendEvent(client, { chain, action: "audit.prune", subject: chain, detail, actor: "system:retention" });
  return { chain, fromSeq, toSeq: anchor.seq, events: rowCount ?? 0 };
}

/**
 * The newest anchor whose row is there, is the one that was anchored, and is old enough.
 * @param {import("pg").Client} client
 * @param {string} chain
 * @param {import("./audit-verify.mjs").Anchor[]} anchors
 * @param {Date} before
 */
async function newestOver(client, chain, anchors, before) {
  for (const anchor of anchors.toReversed()) {
    const found = await client.query(
      "SELECT 1 FROM audit_event WHERE chain = $1 AND seq = $2::bigint AND hash = $3 AND at < $4",
      [chain, String(anchor.seq), anchor.hash, before],
    );
    if (found.rowCount === 1) return anchor;
  }
  return undefined;
}

/**
 * @param {import("pg").Client} client
 * @param {Date} before
 * @returns {Promise<number>} the last id removed
 */
async function pruneDenied(client, before) {
  // Up to the end of a digest: a half of what one covers could no longer be checked.
  const { rows } = await client.query(
    `SELECT coalesce(max((detail ->> 'toId')::bigint), 0)::float8 AS id FROM audit_event e
     WHERE chain = 'instance' AND action = 'denied.digest' AND NOT EXISTS (
       SELECT 1 FROM denied_attempt d WHERE d.id <= (e.detail ->> 'toId')::bigint AND d.at >= $1)`,
    [before],
  );
  await client.query("ALTER TABLE denied_attempt DISABLE TRIGGER denied_attempt_append_only");
  await client.query("DELETE FROM denied_attempt WHERE id <= $1::bigint", [String(rows[0].id)]);
  await client.query("ALTER TABLE denied_attempt ENABLE TRIGGER denied_attempt_append_only");
  return rows[0].id;
}

/**
 * @template T
 * @param {import("pg").Client} client
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function inTransaction(client, work) {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
