import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { PredictionStats } from "#lib/serving/schemas.ts";
import { readPredictionStats } from "#lib/serving/store/predictions.ts";

/** How many predictions the project answered today (UTC) and in the last hour, up to half a second ago. */
export async function getPredictionStats(ctx: Ctx): Promise<PredictionStats> {
  requireScope(ctx, "registry:read");
  return readPredictionStats(ctx.pool, { projectId: ctx.projectId, models: confinedToModels(ctx) }, ctx.clock.now());
}
