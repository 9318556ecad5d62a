import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Strategy } from "#lib/training/schemas.ts";
import { STRATEGIES } from "#lib/training/strategies.ts";

/** What can be submitted, with every hyperparameter. */
export function listStrategies(ctx: Ctx): Strategy[] {
  requireScope(ctx, "tracking:read");
  return [...STRATEGIES];
}
