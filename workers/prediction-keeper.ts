import type { WorkerEnv } from "#lib/platform/env.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { tendPredictionLog } from "#lib/serving/predictions/tend-log.ts";
import { type Background, startBackground } from "#workers/background.ts";

const EVERY_MS = 600_000;

/** Makes the days of the prediction log ahead, and removes predictions and labels that were kept long enough. */
export function startPredictionKeeper(runtime: Runtime, env: WorkerEnv): Background {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "prediction-log", scopes: [] } });
  const keep = { predictionDays: env.ASSAY_PREDICTION_DAYS, labelDays: env.ASSAY_LABEL_DAYS };
  return startBackground({
    name: "prediction keeper",
    everyMs: EVERY_MS,
    logger: runtime.logger,
    async work() {
      const { more, ...done } = await tendPredictionLog(ctx, keep);
      if (done.made + done.dropped + done.labels > 0) runtime.logger.info(done, "tended the log of predictions");
      return more;
    },
  });
}
