import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import { type AuditEntry, actorName, type Tx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";

type Json = string | number | boolean | null | Json[] | JsonObject;
type JsonObject = { [key: string]: Json };

const GENESIS = "0".repeat(64);

/** Collects an audit row; it is written with the transaction that `tx` belongs to, or not at all. */
export function audit(tx: Tx, entry: AuditEntry): void {
  // The innermost actor: a verb may act for somebody else than the transaction that it joined (the quickstart rule does).
  tx.auditEntries.push({ actor: actorName(tx.actor), chain: `project:${tx.projectId}`, ...entry });
}

/**
 * The hash of a chain's row: SHA-256 of a version tag and the canonical JSON of its body. A body that names the request, the
 * address or the person acted for is of version 2; without them it is that of version 1.
 */
export function auditHash(body: { [key: string]: unknown }): string {
  const isSecond = ["requestId", "ip", "onBehalfOf"].some((key) => body[key] !== undefined && body[key] !== null);
  const { requestId, ip, onBehalfOf, ...first } = body;
  const hashed = isSecond
    ? { ...first, requestId: requestId ?? null, ip: ip ?? null, onBehalfOf: onBehalfOf ?? null }
    : first;
  return sha256(`assay-audit-v${isSecond ? 2 : 1}\n${canonicalJson(hashed)}`);
}

/** What the chain holds of details that can be erased: the salt makes guessing them from it hopeless. */
export function commitmentOf(salt: string, body: { [key: string]: unknown }): string {
  return sha256(`assay-personal-v1\n${salt}\n${canonicalJson(body)}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Appends the entries to their chains. The heads are locked in sorted order, as the last statements of the transaction. */
export async function writeAuditEntries(tx: Tx, entries: AuditEntry[]): Promise<void> {
  const chainOf = (entry: AuditEntry) => entry.chain ?? `project:${tx.projectId}`;
  const chains = [...new Set(entries.map(chainOf))].sort();
  for (const chain of chains) {
    await tx.db
      .$executeRaw`INSERT INTO audit_head (chain, seq, hash) VALUES (${chain}, 0, ${GENESIS}) ON CONFLICT DO NOTHING`;
    const [head] = await tx.db.$queryRaw<{ seq: bigint; hash: string }[]>`
      SELECT seq, hash FROM audit_head WHERE chain = ${chain} FOR UPDATE`;
    if (head === undefined) {
      throw new Error(`the head of audit chain ${chain} is missing`);
    }
    let { seq, hash } = head;
    for (const entry of entries.filter((candidate) => chainOf(candidate) === chain)) {
      const prev = hash;
      seq += 1n;
      const at = tx.clock.now();
      const row = {
        chain,
        seq,
        actor: entry.actor ?? actorName(tx.actor),
        action: entry.action,
        subject: toChainText(entry.subject),
        detail: await chainDetail(tx, chain, entry),
        prev,
        requestId: tx.requestId,
        ip: tx.ip ?? null,
      };
      hash = auditHash({ ...row, at: at.toISOString() });
      await tx.db.auditEvent.create({ data: { ...row, at, hash } });
    }
    await tx.db.$executeRaw`UPDATE audit_head SET seq = ${seq}, hash = ${hash} WHERE chain = ${chain}`;
  }
}

/** The entry's detail as the chain holds it; what is personal goes to a row of its own, and only its commitment stays. */
async function chainDetail(tx: Tx, chain: string, entry: AuditEntry): Promise<JsonObject> {
  const detail = toChainObject(entry.detail);
  if (entry.personal === undefined) {
    return detail;
  }
  const id = newId("per");
  const salt = randomBytes(32).toString("hex");
  const body = toChainObject(entry.personal);
  await tx.db.auditPersonal.create({ data: { id, chain, salt, body, createdAt: tx.clock.now() } });
  return { ...detail, personal: { id, commitment: commitmentOf(salt, body) } };
}

function toChainObject(value: { [key: string]: unknown }): JsonObject {
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(pairs.map(([key, item]) => [toChainText(key), toChainJson(item)]));
}

/** Neither Postgres nor canonical JSON holds NUL or half a surrogate pair: what a caller sent must not break the record. */
function toChainText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** Dates become ISO strings, big integers and fractions decimal strings, undefined disappears. */
function toChainJson(value: unknown): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return toChainText(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : String(value);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toChainJson(item)));
  if (typeof value === "object") return toChainObject({ ...value });
  throw new TypeError(`an audit detail cannot hold a ${typeof value}`);
}
