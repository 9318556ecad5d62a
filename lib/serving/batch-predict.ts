import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { recordAnswer, toAnswer } from "#lib/serving/answer.ts";
import { openDefaultDeployment } from "#lib/serving/default-deployment.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { type LoadedModel, modelSlot } from "#lib/serving/model-slot.ts";
import { readInput } from "#lib/serving/read-input.ts";
import type { BatchPredictBody, BatchPredictReply } from "#lib/serving/schemas.ts";

type Item = BatchPredictReply["predictions"][number];

/**
 * Recognises up to 1,000 digits with one version. A bad item is reported in its place.
 *
 * @throws UnavailableError as `predict` does
 */
export async function batchPredict(ctx: Ctx, input: BatchPredictBody): Promise<BatchPredictReply> {
  const start = performance.now();
  const deployment = await openDefaultDeployment(ctx);
  const model = await modelSlot(ctx, deployment.modelName).current();
  const predictions = await Promise.all(input.items.map((item, index) => answerItem(model, item, index)));
  const latencyMs = Math.round((performance.now() - start) * 1_000) / 1_000;
  for (const item of predictions) {
    if ("prediction" in item) recordAnswer(ctx, item, { deployment, model, latencyMs });
  }
  return {
    predictions,
    failed: predictions.filter((item) => "error" in item).length,
    model: { name: model.name, version: model.version },
    requestId: ctx.requestId,
    latencyMs,
  };
}

async function answerItem(model: LoadedModel, item: BatchPredictBody["items"][number], index: number): Promise<Item> {
  try {
    return toAnswer(await model.batcher.predict(await readInput(item, `items[${index}].`)));
  } catch (error) {
    if (!isAppError(error) || error.kind !== "invalid") {
      throw error;
    }
    servingMetrics(getRuntime()).refused.inc({ reason: error.code });
    const { field = "image", remedy = "" } = error.details?.[0] ?? {};
    return { error: { code: error.code, message: error.message, field, remedy } };
  }
}
