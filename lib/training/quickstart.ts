import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import type { StrategyRun } from "#lib/training/schemas.ts";
import { hasRuns, markOnce } from "#lib/training/store/strategies.ts";
import { QUICKSTART_STRATEGY } from "#lib/training/strategies.ts";
import { submitStrategy } from "#lib/training/submit-strategy.ts";

/** Who acts by the quickstart rule; on record as `system:quickstart`. */
export const QUICKSTART_ACTOR = {
  type: "system",
  id: "quickstart",
  scopes: ["tracking:read", "tracking:write", "training:write", "registry:read", "registry:write"],
} as const satisfies Actor;

/**
 * Submits the first strategy on a fresh install: once in an instance's life, and only while the project has no run. Any
 * number of processes may call this at the same moment.
 *
 * @returns what was submitted, or null when there is nothing to do
 */
export async function submitQuickstart(ctx: Ctx): Promise<StrategyRun | null> {
  return withTransaction({ ...ctx, actor: QUICKSTART_ACTOR }, async (tx) => {
    if (!(await markOnce(tx, "quickstart.submitted")) || (await hasRuns(tx))) {
      return null;
    }
    return submitStrategy(tx, { name: QUICKSTART_STRATEGY });
  });
}
