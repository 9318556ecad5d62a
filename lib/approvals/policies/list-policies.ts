import type { Policy } from "#lib/approvals/policy-schemas.ts";
import { selectPolicies } from "#lib/approvals/store/policies.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The policies that hold, or with `history` every version of every policy, newest first of each. */
export async function listPolicies(ctx: Ctx, input: { history?: boolean | undefined } = {}): Promise<Policy[]> {
  requireScope(ctx, "approvals:read");
  return selectPolicies(ctx, { history: input.history ?? false });
}
