import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Experiment } from "#lib/tracking/schemas.ts";
import { selectExperiments } from "#lib/tracking/store/experiments.ts";

/** The project's experiments, oldest first. */
export async function listExperiments(ctx: Ctx): Promise<Experiment[]> {
  requireScope(ctx, "tracking:read");
  return selectExperiments(ctx);
}
