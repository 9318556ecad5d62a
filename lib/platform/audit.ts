import { createHash } from "node:crypto";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import { type AuditEntry, actorName, type Tx } from "#lib/platform/ctx.ts";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const GENESIS = "0".repeat(64);

/** Collects an audit row; it is written with the transaction that `tx` belongs to, or not at all. */
export function audit(tx: Tx, entry: AuditEntry): void {
  // The innermost actor: a verb may act for somebody else than the transaction that it joined (the quickstart rule does).
  tx.auditEntries.push({ actor: actorName(tx.actor), chain: `project:${tx.projectId}`, ...entry });
}

/** The hash of a chain's row: SHA-256 of a version tag and the canonical JSON of its body. */
export function auditHash(body: { [key: string]: unknown }): string {
  return createHash("sha256")
    .update(`assay-audit-v1\n${canonicalJson(body)}`)
    .digest("hex");
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
      const detail = toChainJson(entry.detail);
      const row = {
        chain,
        seq,
        actor: entry.actor ?? actorName(tx.actor),
        action: entry.action,
        subject: entry.subject,
        detail,
        prev,
      };
      hash = auditHash({ ...row, at: at.toISOString() });
      await tx.db.auditEvent.create({
        data: { ...row, detail: detail ?? {}, at, hash, requestId: tx.requestId, ip: tx.ip ?? null },
      });
    }
    await tx.db.$executeRaw`UPDATE audit_head SET seq = ${seq}, hash = ${hash} WHERE chain = ${chain}`;
  }
}

/** Dates become ISO strings, big integers and fractions decimal strings, undefined disappears. */
function toChainJson(value: unknown): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : String(value);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toChainJson(item)));
  if (typeof value === "object") {
    const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(pairs.map(([key, item]) => [key, toChainJson(item)]));
  }
  throw new TypeError(`an audit detail cannot hold a ${typeof value}`);
}
