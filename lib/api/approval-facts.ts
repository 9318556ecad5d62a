import { getRequest } from "#lib/approvals/get-request.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { isAppError } from "#lib/platform/errors.ts";
import type { ApprovalLookup } from "#lib/record/approval-lookup.ts";
import type { ApprovalFact } from "#lib/record/schemas.ts";

/** What the record shows of approvals: composed here, since the two rooms stand side by side. */
export const approvalFacts: ApprovalLookup = async (ctx, ids) => {
  const facts = new Map<string, ApprovalFact>();
  if (!hasScope(ctx.actor.scopes, "approvals:read")) {
    return facts;
  }
  for (const id of ids) {
    const request = await getRequest(ctx, { id }).catch((error: unknown) => {
      if (isAppError(error) && error.kind === "not_found") return null;
      throw error;
    });
    if (request === null) continue;
    facts.set(id, {
      id,
      state: request.state,
      requestedBy: `user:${request.requestedBy.id}`,
      requestedByLabel: request.requestedBy.name,
      reason: request.reason,
      emergency: request.emergency,
      decidedAt: request.decidedAt,
      reviews: request.reviews
        .filter((review) => review.withdrawnAt === null && review.round === request.round)
        .map(({ reviewer, decision, comment, at }) => ({
          reviewer: `user:${reviewer.id}`,
          label: reviewer.name,
          decision,
          comment,
          at,
        })),
    });
  }
  return facts;
};
