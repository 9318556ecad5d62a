import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { recordAnswer, routedOf, toAnswer } from "#lib/serving/answer.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { openDeployment } from "#lib/serving/open-deployment.ts";
import { readInput } from "#lib/serving/read-input.ts";
import type { PredictBody, PredictReply } from "#lib/serving/schemas.ts";
import { mirror } from "#lib/serving/traffic/mirror.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";

/** Which deployment is asked, and by whom. */
export interface Asked {
  /** Absent: the project's default one. */
  deployment?: string | undefined;
  /** Of the request: `X-Assay-Unit` and the cookie `assay_unit` keep a caller to a version. */
  headers?: Headers;
}

/**
 * Recognises one digit with the version that the deployment's traffic table gives the caller.
 *
 * @throws InvalidError     the image or the pixels are not a digit; names the field and the remedy
 * @throws NotFoundError    no such deployment
 * @throws UnavailableError no version is in Production (`no_model`), or it could not be loaded
 */
export async function predict(ctx: Ctx, input: PredictBody, asked: Asked = {}): Promise<PredictReply> {
  const start = performance.now();
  const live = await openDeployment(ctx, asked.deployment);
  const { requestId, actor } = ctx;
  const caller = { actor, requestId, ...(asked.headers !== undefined && { headers: asked.headers }) };
  return live.use(caller, trafficRouter().refresh, async (turn) => {
    const pixels = await readInput(input).catch((error) => {
      if (isAppError(error)) servingMetrics(getRuntime()).refused.inc({ reason: error.code });
      throw error;
    });
    const { value, model, arm } = await turn.answer((version) => version.batcher.predict(pixels));
    const answer = toAnswer(value);
    const latencyMs = Math.round((performance.now() - start) * 1_000) / 1_000;
    recordAnswer(ctx, answer, { turn, arm, model, latencyMs, input: pixels, item: 0 });
    mirror(turn, requestId, { inputs: [pixels], answered: [answer.prediction], model });
    const { name, version } = model;
    return { ...answer, model: { name, version }, deployment: routedOf(turn, arm), requestId, latencyMs };
  });
}
