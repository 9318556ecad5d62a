import { decideState, openRequest, transition } from "#lib/approvals/open-request.ts";
import { recheck } from "#lib/approvals/recheck.ts";
import { REQUEST_TRANSITIONS } from "#lib/approvals/status.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";

/**
 * Looks again at a request whose evidence was written, in the same transaction or before: reviews may be there already, and
 * gates hold now. Unguarded: for the room's own worker. A request that is over, or in a later round, is left alone.
 */
export async function evidenceArrived(ctx: Ctx, input: { id: string; round: number }): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const open = await openRequest(tx, input.id);
    if (open.row.round !== input.round) return;
    await recheck(open);
    const { evidenceDigest, evidenceError, state } = open.row;
    const outcome = REQUEST_TRANSITIONS.evidence[state];
    if (outcome === "ignore") return;
    const to = outcome === "decide" ? decideState(open) : state;
    await transition(open, "evidence", to, {}, { detail: { evidenceDigest, evidenceError } });
  });
}
