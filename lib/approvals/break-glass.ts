import { onRequest } from "#lib/approvals/on-request.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import { addReview, digestOfText } from "#lib/approvals/review-request.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import type { RequestEvent } from "#lib/approvals/status.ts";
import { selectStandings } from "#lib/approvals/store/people.ts";
import { selectHolding } from "#lib/approvals/store/policies.ts";
import { requireComment, requireProof, whoIs } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError } from "#lib/platform/errors.ts";

const HOUR_MS = 3_600_000;

/**
 * Approves a request in an emergency, without reviews and gates, also one's own. It needs the grant `emergency`, a policy
 * that allows it (then and now), a reason and a second factor; somebody else must review it later.
 *
 * @throws ForbiddenError `break_glass_needs_person` | `break_glass_not_granted` | `break_glass_not_allowed` |
 *   `second_factor_required`
 */
export async function breakGlass(ctx: Ctx, input: { id: string; reason: string } & Seen): Promise<RequestDetail> {
  requireScope(ctx, "approvals:request");
  let role: string | null = null;
  return onRequest(ctx, input, {
    async event({ tx, row, now }): Promise<RequestEvent> {
      const { actor } = tx;
      if (actor.type !== "user") {
        throw refusal("break_glass_needs_person", "Only a signed-in person breaks the glass.", "Sign in.");
      }
      const standing = (await selectStandings(tx, [whoIs(actor)])).get(actor.id);
      if (standing?.role == null || !standing.grants.includes("emergency")) {
        const remedy = "An admin gives the grant emergency to a membership.";
        throw refusal("break_glass_not_granted", "You have no grant for emergencies in this project.", remedy);
      }
      const holding = await selectHolding(tx, row.modelName, row.target);
      if (!row.policy.body.breakGlass.allowed || holding?.body.breakGlass.allowed === false) {
        const remedy = "Ask its reviewers; the request names them.";
        throw refusal("break_glass_not_allowed", "The policy does not allow to break the glass.", remedy);
      }
      requireComment(input.reason, "Breaking the glass needs a reason.");
      requireProof(actor, { ...row.policy.body, secondFactor: true }, now);
      role = standing.role;
      return "break_glass";
    },
    async write(open) {
      const roles = { role, thresholds: [], emergency: true };
      const reviewId = await addReview(open, { decision: "approve", comment: input.reason, roles, counts: false });
      const hours = open.row.policy.body.breakGlass.reviewWithinHours;
      const reviewDueAt = new Date(open.now.getTime() + hours * HOUR_MS);
      return {
        row: { emergency: true, reviewDueAt, reviewedLaterBy: null },
        detail: { reviewId, reviewDueAt, reason: digestOfText(input.reason) },
      };
    },
  });
}

function refusal(code: string, message: string, remedy: string): ForbiddenError {
  return new ForbiddenError(message, { code, details: [{ field: "actor", problem: message, remedy }] });
}
