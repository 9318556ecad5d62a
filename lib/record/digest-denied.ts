import { createHash } from "node:crypto";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { tryLock } from "#lib/record/store/chains.ts";
import { type DeniedRow, selectDigestedId, selectSettledDenied } from "#lib/record/store/denied.ts";

/** Ids are given out before rows are committed: a row this old has no younger neighbour of a lower id to come. */
const SETTLED_MS = 20_000;
const ROWS_AT_ONCE = 10_000;

/**
 * Puts the digest of the refused attempts since the last one on the instance's chain: from then on they are as hard to change
 * as the chain itself. One process at a time.
 *
 * @returns how many attempts it covers
 */
export async function digestDenied(ctx: Ctx): Promise<number> {
  requireScope(ctx, "instance");
  return withTransaction(ctx, async (tx) => {
    if (!(await tryLock(tx, "denied"))) {
      return 0;
    }
    const after = await selectDigestedId(tx);
    const before = new Date(tx.clock.now().getTime() - SETTLED_MS);
    const rows = await selectSettledDenied(tx, after, before, ROWS_AT_ONCE);
    const [first, last] = [rows.at(0), rows.at(-1)];
    if (first === undefined || last === undefined) {
      return 0;
    }
    audit(tx, {
      chain: "instance",
      action: "denied.digest",
      subject: `denied_attempts:${first.id}-${last.id}`,
      detail: { fromId: first.id, toId: last.id, count: rows.length, digest: digestOf(rows) },
    });
    return rows.length;
  });
}

function digestOf(rows: readonly DeniedRow[]): string {
  const hash = createHash("sha256").update("assay-denied-v1\n");
  for (const { id, at, actor, ip, action, reason, requestId } of rows) {
    hash.update(`${canonicalJson({ id, at, actor, ip, action, reason, requestId })}\n`);
  }
  return hash.digest("hex");
}
