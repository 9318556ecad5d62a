import { createHash } from "node:crypto";
import { onRequest } from "#lib/approvals/on-request.ts";
import type { OpenRequest } from "#lib/approvals/open-request.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import type { Decision, RequestDetail } from "#lib/approvals/schemas.ts";
import { selectStandings } from "#lib/approvals/store/people.ts";
import { insertReview } from "#lib/approvals/store/reviews.ts";
import { isRequester, requireComment, requireProof, requireReviewer, whoIs } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

export interface ReviewInput extends Seen {
  id: string;
  decision: Decision;
  comment?: string | undefined;
}

/**
 * Gives a review. Of somebody's reviews in a round the latest counts; the first threshold that is reached decides. A denial
 * by who asked is a withdrawal. `round` and `digestPrefix` of a link or button make sure that just that is reviewed.
 *
 * @throws ForbiddenError `review_needs_person` | `separation_of_duties` | `not_eligible` | `reauthentication_required` |
 *   `second_factor_required`
 * @throws InvalidError   a comment is missing
 * @throws ConflictError  `changed_since`, `policy_tightened`, or the state takes no review
 */
export async function reviewRequest(ctx: Ctx, input: ReviewInput): Promise<RequestDetail> {
  requireScope(ctx, "approvals:review");
  const { decision, comment = "" } = input;
  let thresholds: string[] = [];
  let role: string | null = null;
  return onRequest(ctx, input, {
    async event({ tx, row, now }) {
      if (decision === "deny" && isRequester(row, tx.actor)) return "withdraw";
      const me = whoIs(tx.actor);
      const standing = (await selectStandings(tx, [me])).get(me);
      thresholds = requireReviewer(row, tx.actor, standing);
      role = standing?.role ?? null;
      requireProof(tx.actor, row.policy.body, now);
      if (decision !== "approve") requireComment(comment, "Say why, so that others can answer.");
      else if (row.policy.body.commentRequired) requireComment(comment, "The policy asks for a comment.");
      return decision;
    },
    async write(open) {
      if (thresholds.length === 0) return { detail: { comment: digestOfText(comment) } };
      const reviewId = await addReview(open, { decision, comment, roles: { role, thresholds }, counts: true });
      return { detail: { reviewId, decision, thresholds, comment: digestOfText(comment) } };
    },
  });
}

/** Puts a review of the actor into the current round. */
export async function addReview(
  open: OpenRequest,
  review: {
    decision: Decision;
    comment: string;
    roles: { role: string | null; thresholds: string[]; emergency?: boolean };
    counts: boolean;
  },
): Promise<string> {
  const { tx, row, now } = open;
  const { actor } = tx;
  const { authenticatedAt, secondFactorAt } = actor.type === "user" ? actor : {};
  const added = await insertReview(tx, {
    ...review,
    requestId: row.id,
    round: row.round,
    reviewer: whoIs(actor),
    authAgeSeconds:
      authenticatedAt === undefined
        ? null
        : Math.max(0, Math.round((now.getTime() - authenticatedAt.getTime()) / 1_000)),
    secondFactor: secondFactorAt !== undefined,
    subjectDigest: row.subjectDigest,
    at: now,
  });
  open.reviews = [...open.reviews, added];
  return added.id;
}

/** Texts of people may have to be erased one day; the record holds only their digests. */
export function digestOfText(text: string): string | null {
  return text === "" ? null : createHash("sha256").update(text).digest("hex");
}
