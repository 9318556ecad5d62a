import { isReviewingRole, type Standing } from "#lib/approvals/eligibility.ts";
import { judge } from "#lib/approvals/open-request.ts";
import { permissionsOf } from "#lib/approvals/permissions.ts";
import type { Eligible, RequestDetail, Review } from "#lib/approvals/schemas.ts";
import { readClock, selectPersons, selectReviewers, selectStandings } from "#lib/approvals/store/people.ts";
import { type RequestRow, selectRequest } from "#lib/approvals/store/requests.ts";
import { type ReviewRow, selectComments, selectReviews, selectRounds } from "#lib/approvals/store/reviews.ts";
import { readSubject } from "#lib/approvals/subject.ts";
import { isAsked, summarise, type Viewer } from "#lib/approvals/summarise.ts";
import { whoIs } from "#lib/approvals/who-may.ts";
import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * A request with everything that a reviewer needs on one page, and what the caller may do with it.
 *
 * @throws NotFoundError no such request in the project
 */
export async function getRequest(ctx: Ctx, input: { id: string }): Promise<RequestDetail> {
  requireScope(ctx, "approvals:read");
  const row = await selectRequest(ctx, input.id, { full: true });
  if (row === null) {
    throw new NotFoundError(`Approval request ${input.id}`);
  }
  requireModel(ctx, row.modelName);
  const now = await readClock(ctx);
  const reviews = await selectReviews(ctx, [row.id]);
  const comments = await selectComments(ctx, row.id);
  const me = whoIs(ctx.actor);
  const standing = (await selectStandings(ctx, [me])).get(me);
  const person = await selectPersons(ctx, [
    row.requestedBy,
    ...row.contributors,
    ...reviews.map(({ reviewer }) => reviewer),
    ...comments.map(({ author }) => author),
    ...(row.reviewedLaterBy === null ? [] : [row.reviewedLaterBy]),
  ]);
  const viewer: Viewer = { standing, now, person };
  const summary = summarise(row, reviews, viewer);
  const verdict = judge(row, reviews, await readCardMissing(ctx, row), row.decidedAt ?? now);
  return {
    ...summary,
    subject: row.subject,
    policy: { id: row.policyId, ...row.policy },
    requestedVia: row.requestedVia,
    contributors: row.contributors.map(person),
    evidenceBody: row.evidence,
    evidenceDigest: row.evidenceDigest,
    evidenceError: row.evidenceError,
    gates: verdict.gates,
    reviews: reviews.map((review) => toReview(review, viewer)),
    comments: comments.map(({ author, at, ...comment }) => ({
      ...comment,
      author: person(author),
      at: at.toISOString(),
    })),
    rounds: await selectRounds(ctx, row.id),
    eligible: (await selectReviewers(ctx)).filter((one) => isAsked(row, one)).flatMap(toEligible),
    reviewedLaterBy: row.reviewedLaterBy === null ? null : person(row.reviewedLaterBy),
    executingAt: row.executingAt?.toISOString() ?? null,
    error: row.error,
    permissions: permissionsOf(row, reviews, { actor: ctx.actor, standing, state: summary.state }),
  };
}

/** A version cannot go, so this only guards against what cannot be read. */
async function readCardMissing(ctx: Ctx, row: RequestRow): Promise<string[]> {
  if (!row.policy.body.gates.some(({ kind }) => kind === "card_complete")) return [];
  const { subject, policyId, policy } = row;
  const wanted = { ...subject, policy: { id: policyId, version: policy.version } };
  return (await readSubject(ctx, wanted)).cardMissing;
}

function toReview(review: ReviewRow, { person }: Viewer): Review {
  const { roles, at, withdrawnAt, reviewer, requestId: _, ...rest } = review;
  return {
    ...rest,
    reviewer: person(reviewer),
    role: roles.role,
    thresholds: roles.thresholds,
    emergency: roles.emergency === true,
    at: at.toISOString(),
    withdrawnAt: withdrawnAt?.toISOString() ?? null,
  };
}

/** As an editor or page names somebody who may review. */
export function toEligible({ id, name, kind, role }: Standing): Eligible[] {
  return isReviewingRole(role) ? [{ id, name, kind, role }] : [];
}
