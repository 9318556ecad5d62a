import type { Policy } from "#lib/approvals/policy-schemas.ts";
import { selectPolicies } from "#lib/approvals/store/policies.ts";
import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/**
 * The policies that hold, or with `history` every version of every policy, newest first of each. A confined key sees those
 * of its models, and those for every model.
 */
export async function listPolicies(ctx: Ctx, input: { history?: boolean | undefined } = {}): Promise<Policy[]> {
  requireScope(ctx, "approvals:read");
  const only = confinedToModels(ctx);
  const policies = await selectPolicies(ctx, { history: input.history ?? false });
  return policies.filter(({ modelName }) => only === undefined || modelName === "*" || only.includes(modelName));
}
