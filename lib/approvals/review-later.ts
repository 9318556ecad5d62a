import { onRequest } from "#lib/approvals/on-request.ts";
import { breakerOf } from "#lib/approvals/permissions.ts";
import { digestOfText } from "#lib/approvals/review-request.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import type { RequestEvent } from "#lib/approvals/status.ts";
import { selectStandings } from "#lib/approvals/store/people.ts";
import { insertComment } from "#lib/approvals/store/reviews.ts";
import { requireProof, requireReviewer, whoIs } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, ForbiddenError } from "#lib/platform/errors.ts";

/**
 * Reviews afterwards what break-glass let through. By somebody who could have approved it, and did not break the glass. It
 * undoes nothing: a verdict of `not_justified` is for people to act on.
 *
 * @throws ForbiddenError not eligible, or the one who broke the glass
 * @throws ConflictError  `no_review_due`
 */
export async function reviewLater(
  ctx: Ctx,
  input: { id: string; verdict: "justified" | "not_justified"; comment: string },
): Promise<RequestDetail> {
  requireScope(ctx, "approvals:review");
  const { id, verdict, comment } = input;
  return onRequest(
    ctx,
    { id },
    {
      async event({ tx, row, reviews, now }): Promise<RequestEvent> {
        if (row.reviewDueAt === null) {
          throw new ConflictError("No later review is due.", { code: "no_review_due" });
        }
        const me = whoIs(tx.actor);
        requireReviewer(row, tx.actor, (await selectStandings(tx, [me])).get(me));
        requireProof(tx.actor, row.policy.body, now);
        if (breakerOf(row, reviews) === me) {
          throw new ForbiddenError("You broke the glass: somebody else has to review it.", {
            code: "separation_of_duties",
          });
        }
        return "later_review";
      },
      async write({ tx, row, now }) {
        const reviewedLaterBy = whoIs(tx.actor);
        const body = `${verdict === "justified" ? "Justified" : "Not justified"}: ${comment}`;
        await insertComment(tx, { requestId: id, round: row.round, author: reviewedLaterBy, body, at: now });
        return {
          row: { reviewDueAt: null, reviewedLaterBy },
          detail: {
            verdict,
            wasDueAt: row.reviewDueAt,
            isLate: row.reviewDueAt !== null && now > row.reviewDueAt,
            comment: digestOfText(comment),
          },
        };
      },
    },
  );
}
