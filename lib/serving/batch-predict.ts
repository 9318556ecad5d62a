import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { recordAnswer, routedOf, toAnswer } from "#lib/serving/answer.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { openDeployment } from "#lib/serving/open-deployment.ts";
import type { Asked } from "#lib/serving/predict.ts";
import { readInput } from "#lib/serving/read-input.ts";
import type { BatchPredictBody, BatchPredictReply } from "#lib/serving/schemas.ts";
import { mirror } from "#lib/serving/traffic/mirror.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";
import type { WarmVersion } from "#lib/serving/version-pool.ts";

type Item = BatchPredictReply["predictions"][number];
type Refused = Extract<Item, { error: unknown }>;

/**
 * Recognises up to 1,000 digits with one version. A bad item is reported in its place.
 *
 * @throws NotFoundError | UnavailableError as `predict` does
 */
export async function batchPredict(ctx: Ctx, input: BatchPredictBody, asked: Asked = {}): Promise<BatchPredictReply> {
  const start = performance.now();
  const live = await openDeployment(ctx, asked.deployment);
  const { requestId, actor } = ctx;
  const caller = { actor, requestId, ...(asked.headers !== undefined && { headers: asked.headers }) };
  return live.use(caller, trafficRouter().refresh, async (turn) => {
    const inputs = await readInputs(input.items);
    const answering = (model: WarmVersion) => Promise.all(inputs.map((item) => answerItem(model, item)));
    const { value: predictions, model, arm } = await turn.answer(answering);
    const latencyMs = Math.round((performance.now() - start) * 1_000) / 1_000;
    const answered = predictions.flatMap((item) => ("prediction" in item ? [item] : []));
    for (const [item, answer] of predictions.entries()) {
      const read = inputs[item];
      if (read instanceof Uint8Array && "prediction" in answer) {
        recordAnswer(ctx, answer, { turn, arm, model, latencyMs, input: read, item });
      }
    }
    const digits = inputs.filter((item) => item instanceof Uint8Array);
    mirror(turn, requestId, { inputs: digits, answered: answered.map(({ prediction }) => prediction), model });
    const { name, version } = model;
    return {
      predictions,
      failed: predictions.length - answered.length,
      model: { name, version },
      deployment: routedOf(turn, arm),
      requestId,
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

async function answerItem(model: WarmVersion, input: Uint8Array | Refused): Promise<Item> {
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
