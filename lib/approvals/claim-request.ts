import { onRequest } from "#lib/approvals/on-request.ts";
import { judge } from "#lib/approvals/open-request.ts";
import { mayExecute } from "#lib/approvals/permissions.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, ForbiddenError } from "#lib/platform/errors.ts";

/**
 * Takes an approved request into `executing`, everything re-checked: one process gets it. Claimed or carried out already,
 * it is answered as it is. Its own transaction: from here on a crash is found by the keeper.
 *
 * @throws ForbiddenError neither who asked, nor the system, nor whoever broke the glass
 * @throws ConflictError  not approved, over, or its gates do not hold any more
 */
export async function claimRequest(ctx: Ctx, input: { id: string } & Seen): Promise<RequestDetail> {
  return onRequest(ctx, input, {
    event({ tx, row, reviews, now, subjectNow }) {
      if (!mayExecute(row, reviews, tx.actor)) {
        throw new ForbiddenError("Who asked carries it out.", {
          code: "not_requester",
          details: [{ field: "requester", problem: "is somebody else", remedy: "Ask them to carry it out." }],
        });
      }
      const failing = judge(row, reviews, subjectNow.cardMissing, now).gates.filter(({ holds }) => !holds);
      if (row.state === "approved" && !row.emergency && failing.length > 0) {
        throw new ConflictError("A gate does not hold any more.", {
          code: "gate_failed",
          details: failing.map(({ kind, why }) => ({
            field: kind,
            problem: why,
            remedy: "Resubmit the request: that measures anew.",
          })),
        });
      }
      return "execute";
    },
  });
}
