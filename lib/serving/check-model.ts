import type { Ctx } from "#lib/platform/ctx.ts";
import { modelSlot } from "#lib/serving/model-slot.ts";
import { findDefaultDeployment } from "#lib/serving/store.ts";

/**
 * For readiness: the default deployment can answer now.
 *
 * @throws UnavailableError with the reason
 */
export async function checkDefaultModel(ctx: Ctx): Promise<string> {
  const deployment = await findDefaultDeployment(ctx.db, ctx.projectId);
  if (deployment === null) {
    return "no default deployment";
  }
  return modelSlot(ctx, deployment.modelName).use(async (model) => `${model.name} version ${model.version}`);
}
