import { onRequest } from "#lib/approvals/on-request.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { withdrawReviews } from "#lib/approvals/store/reviews.ts";
import { hasReviewed } from "#lib/approvals/summarise.ts";
import { whoIs } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError } from "#lib/platform/errors.ts";

/**
 * Takes one's own reviews of the current round back; what is left decides anew, so an approved request may be pending again.
 *
 * @throws ConflictError `no_review`, or the state is past it
 */
export async function unreviewRequest(ctx: Ctx, input: { id: string } & Seen): Promise<RequestDetail> {
  requireScope(ctx, "approvals:review");
  return onRequest(ctx, input, {
    event({ tx, row, reviews }) {
      const me = { id: whoIs(tx.actor), name: "", kind: "person", role: null, grants: [] } as const;
      if (!hasReviewed(row, reviews, me)) {
        throw new ConflictError("You have given no review in this round.", { code: "no_review" });
      }
      return "unreview";
    },
    async write(open) {
      const { tx, row, now } = open;
      const reviewer = whoIs(tx.actor);
      const count = await withdrawReviews(tx, { requestId: row.id, round: row.round, reviewer, at: now });
      open.reviews = open.reviews.map((review) =>
        review.reviewer === reviewer && review.round === row.round ? { ...review, withdrawnAt: now } : review,
      );
      return { detail: { reviews: count } };
    },
  });
}
