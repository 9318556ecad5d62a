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
type Refused = Extract<Item, { error: unknown }>;

/**
 * Recognises up to 1,000 digits with one version. A bad item is reported in its place.
 *
 * @throws UnavailableError as `predict` does
 */
export async function batchPredict(ctx: Ctx, input: BatchPredictBody): Promise<BatchPredictReply> {
  const start = performance.now();
  const deployment = await openDefaultDeployment(ctx);
  return modelSlot(ctx, deployment.modelName).use(async (model) => {
    const inputs = await readInputs(input.items);
    const predictions = await Promise.all(inputs.map((item) => answerItem(model, item)));
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
  });
}

/** A large image takes 16 MB unpacked: only so many at a time, whatever the batch holds. */
const DECODED_AT_ONCE = 8;

async function readInputs(items: BatchPredictBody["items"]): Promise<(Uint8Array | Refused)[]> {
  const inputs: (Uint8Array | Refused)[] = [];
  const queue = items.entries();
  const take = async () => {
    for (const [index, item] of queue) inputs[index] = await readInput(item, `items[${index}].`).catch(refusedOf);
  };
  await Promise.all(Array.from({ length: DECODED_AT_ONCE }, take));
  return inputs;
}

async function answerItem(model: LoadedModel, input: Uint8Array | Refused): Promise<Item> {
  return input instanceof Uint8Array ? toAnswer(await model.batcher.predict(input)) : input;
}

function refusedOf(error: unknown): Refused {
  if (!isAppError(error) || error.kind !== "invalid") {
    throw error;
  }
  servingMetrics(getRuntime()).refused.inc({ reason: error.code });
  const { field = "image", remedy = "" } = error.details?.[0] ?? {};
  return { error: { code: error.code, message: error.message, field, remedy } };
}
