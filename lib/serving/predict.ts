import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { recordAnswer, toAnswer } from "#lib/serving/answer.ts";
import { openDefaultDeployment } from "#lib/serving/default-deployment.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { modelSlot } from "#lib/serving/model-slot.ts";
import { readInput } from "#lib/serving/read-input.ts";
import type { PredictBody, PredictReply } from "#lib/serving/schemas.ts";

/**
 * Recognises one digit with the Production version.
 *
 * @throws InvalidError     the image or the pixels are not a digit; names the field and the remedy
 * @throws UnavailableError no version is in Production (`no_model`), or it could not be loaded
 */
export async function predict(ctx: Ctx, input: PredictBody): Promise<PredictReply> {
  const start = performance.now();
  const deployment = await openDefaultDeployment(ctx);
  return modelSlot(ctx, deployment.modelName).use(async (model) => {
    const pixels = await readInput(input).catch((error) => {
      if (isAppError(error)) servingMetrics(getRuntime()).refused.inc({ reason: error.code });
      throw error;
    });
    const answer = toAnswer(await model.batcher.predict(pixels));
    const latencyMs = Math.round((performance.now() - start) * 1_000) / 1_000;
    recordAnswer(ctx, answer, { deployment, model, latencyMs });
    return { ...answer, model: { name: model.name, version: model.version }, requestId: ctx.requestId, latencyMs };
  });
}
