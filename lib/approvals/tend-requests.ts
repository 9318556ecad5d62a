import { carryOut } from "#lib/approvals/carry-out.ts";
import { executeRequest } from "#lib/approvals/execute-request.ts";
import { decideState, openRequest, transition } from "#lib/approvals/open-request.ts";
import { recheck } from "#lib/approvals/recheck.ts";
import { selectOpenRequests } from "#lib/approvals/store/requests.ts";
import { APPROVALS_ACTOR } from "#lib/approvals/system.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { isAppError, messageOf } from "#lib/platform/errors.ts";

/** Whoever claimed a request has carried it out by then, or died. */
const PATIENCE_MS = 10_000;

/**
 * Looks after the open requests of every project, any number of times and from any number of processes: marks what is
 * expired, ends what does not hold any more, carries out what a crash left in `executing` and what a policy wants carried
 * out at once. Nothing hangs on it but tidiness and crashes: every use looks for itself.
 */
export async function tendRequests(ctx: Ctx): Promise<void> {
  for (const { id, projectId, state, executeOnApproval, claimedMs } of await selectOpenRequests(ctx)) {
    const room: Ctx = { ...ctx, projectId, actor: APPROVALS_ACTOR };
    try {
      if (state === "executing") {
        if (claimedMs >= PATIENCE_MS) await carryOut(room, { id });
        continue;
      }
      const now = await tend(room, id);
      if (now === "approved" && executeOnApproval) await executeRequest(room, { id });
    } catch (error) {
      const level = isAppError(error) ? "debug" : "warn";
      ctx.logger[level]({ requestId: id, error: messageOf(error) }, "an approval request could not be looked after");
    }
  }
}

async function tend(ctx: Ctx, id: string): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const open = await openRequest(tx, id);
    await recheck(open);
    // Evidence whose arrival nobody told, or a gate that holds by now.
    if (open.row.state === "pending" && open.row.evidence !== null) {
      const to = decideState(open);
      if (to !== "pending") await transition(open, "evidence", to);
    }
    return open.row.state;
  });
}

/**
 * Carries an approved request out where its policy wants that at once. For the worker that hears of the approval; what does
 * not hold by then is on the request, and no fault of the worker's.
 */
export async function executeIfWanted(ctx: Ctx, input: { id: string }): Promise<void> {
  const room: Ctx = { ...ctx, actor: APPROVALS_ACTOR };
  const wanted = await withTransaction(room, async (tx) => {
    const { row } = await openRequest(tx, input.id);
    return row.state === "approved" && row.policy.body.executeOnApproval;
  });
  if (!wanted) return;
  await executeRequest(room, input).catch((error: unknown) => {
    if (!isAppError(error) || error.kind === "unavailable") throw error;
    ctx.logger.info({ requestId: input.id, code: error.code }, "an approved request could not be carried out at once");
  });
}
