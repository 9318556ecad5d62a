import { deniedDigest, GENESIS, hashForAppend } from "./audit-verify.mjs";

/** @typedef {import("./audit-verify.mjs").EventRow} EventRow */
/** @typedef {import("./audit-verify.mjs").DeniedRow} DeniedRow */
/** @typedef {import("pg").Client} Client */

const ROWS_AT_ONCE = 5_000;
const SECONDS = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/**
 * The chains and their heads, by name.
 * @param {Client} client
 * @returns {Promise<{ chain: string, seq: number, hash: string }[]>}
 */
export async function readHeads(client) {
  const { rows } = await client.query("SELECT chain, seq::float8 AS seq, hash FROM audit_head ORDER BY chain");
  return rows;
}

/**
 * A chain's rows from `from` to `to`, a few thousand at a time.
 * @param {Client} client
 * @param {{ chain: string, from?: number, to: number }} range
 * @returns {AsyncGenerator<EventRow>}
 */
export async function* readEvents(client, { chain, from = 1, to }) {
  let after = from - 1;
  for (;;) {
    const { rows } = await client.query({
      name: "audit-events",
      text: `SELECT e.chain, e.seq::float8 AS seq, to_char(e.at AT TIME ZONE 'UTC', ${SECONDS}) AS at, e.actor,
          e.on_behalf_of AS "onBehalfOf", e.action, e.subject, e.detail, e.request_id AS "requestId", e.ip, e.prev, e.hash,
          CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('salt', p.salt, 'body', p.body) END AS personal
        FROM audit_event e LEFT JOIN audit_personal p ON p.id = e.detail #>> '{personal,id}'
        WHERE e.chain = $1 AND e.seq > $2::bigint AND e.seq <= $3::bigint ORDER BY e.seq LIMIT ${ROWS_AT_ONCE}`,
      values: [chain, String(after), String(to)],
    });
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1).seq;
  }
}

/**
 * @param {Client} client
 * @returns {Promise<import("./audit-verify.mjs").Tombstone[]>}
 */
export async function readTombstones(client) {
  const { rows } = await client.query(
    `SELECT chain, from_seq::float8 AS "fromSeq", to_seq::float8 AS "toSeq", end_hash AS "endHash" FROM audit_tombstone
     ORDER BY chain, from_seq`,
  );
  return rows;
}

/**
 * Refused attempts by id.
 * @param {Client} client
 * @param {{ from?: number, to?: number }} [range]
 * @returns {AsyncGenerator<DeniedRow>}
 */
export async function* readDenied(client, { from = 1, to = Number.MAX_SAFE_INTEGER } = {}) {
  let after = from - 1;
  for (;;) {
    const { rows } = await client.query(
      `SELECT id::float8 AS id, to_char(at AT TIME ZONE 'UTC', ${SECONDS}) AS at, actor, ip, action, reason,
         request_id AS "requestId"
       FROM denied_attempt WHERE id > $1::bigint AND id <= $2::bigint ORDER BY denied_attempt.id LIMIT ${ROWS_AT_ONCE}`,
      [String(after), String(to)],
    );
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1).id;
  }
}

/**
 * The digest of refused attempts as the table holds them now.
 * @param {Client} client
 */
export function deniedOf(client) {
  return async (/** @type {number} */ from, /** @type {number} */ to) => {
    const rows = [];
    for await (const row of readDenied(client, { from, to })) rows.push(row);
    return deniedDigest(rows);
  };
}

/**
 * Appends an event as the application does. For what happens beside it, in a transaction of the caller's.
 *
 * @param {Client} client
 * @param {{ chain: string, action: string, subject: string, detail: Record<string, unknown>, actor: string }} event
 *   `detail`: texts, whole numbers, null, lists and objects of them
 * @returns {Promise<{ seq: number, hash: string }>}
 */
export async function appendEvent(client, event) {
  const { chain, action, subject, detail, actor } = event;
  await client.query("INSERT INTO audit_head (chain, seq, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING", [
    chain,
    GENESIS,
  ]);
  const { rows } = await client.query("SELECT seq::float8 AS seq, hash FROM audit_head WHERE chain = $1 FOR UPDATE", [
    chain,
  ]);
  /** @type {EventRow} */
  const row = {
    chain,
    seq: rows[0].seq + 1,
    at: new Date().toISOString(),
    actor,
    onBehalfOf: null,
    action,
    subject,
    detail,
    requestId: null,
    ip: null,
    prev: rows[0].hash,
    hash: "",
  };
  row.hash = hashForAppend(row);
  await client.query(
    `INSERT INTO audit_event (chain, seq, at, actor, action, subject, detail, prev, hash)
     VALUES ($1, $2::bigint, $3::timestamptz, $4, $5, $6, $7::jsonb, $8, $9)`,
    [chain, String(row.seq), row.at, actor, action, subject, JSON.stringify(detail), row.prev, row.hash],
  );
  await client.query("UPDATE audit_head SET seq = $2::bigint, hash = $3 WHERE chain = $1", [
    chain,
    String(row.seq),
    row.hash,
  ]);
  return { seq: row.seq, hash: row.hash };
}
