import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import { noRun } from "#lib/tracking/find-run.ts";
import { hintRun } from "#lib/tracking/hint-run.ts";
import { logMetrics, type MetricPoint } from "#lib/tracking/log-metrics.ts";
import { requirePoint } from "#lib/tracking/metric-point.ts";
import { takeRunParams } from "#lib/tracking/run-params.ts";
import { takeRunTags } from "#lib/tracking/run-tags.ts";
import { RunId } from "#lib/tracking/schemas.ts";
import { setTags } from "#lib/tracking/set-tags.ts";
import { metricKeyIds } from "#lib/tracking/store/metric-keys.ts";
import { type BatchResult, type StoredModelPoint, writeBatch } from "#lib/tracking/store/write-batch.ts";
import { whyNotTaken } from "#lib/tracking/why-not-taken.ts";

/** A point that may also be about a logged model, measured on a dataset or on none. */
export interface BatchPoint extends MetricPoint {
  modelId?: string | undefined;
  datasetName?: string | undefined;
  datasetDigest?: string | undefined;
}

export interface LogBatchInput {
  runId: string;
  metrics?: BatchPoint[];
  params?: { key: string; value: string }[];
  tags?: { key: string; value: string }[];
}

/** As MLflow has them. */
const MOST = { metrics: 1_000, params: 100, tags: 100, "metrics, params, and tags": 1_000 };

/**
 * Adds points and params, and sets tags: all or nothing, in one statement. An exact repeat of a point changes nothing; a
 * param is cut to 6,000 characters, a tag's value to 8,000; of a tag that comes twice the last counts.
 *
 * @throws InvalidError  a name, step or time that is not allowed, a param twice, or too many of something
 * @throws NotFoundError no such run or logged model
 * @throws ConflictError a param is there with another value (`param_changed`), the run is deleted, or a worker does it and a client calls
 */
export async function logBatch(ctx: Ctx, input: LogBatchInput): Promise<void> {
  requireScope(ctx, "tracking:write");
  const { runId, metrics = [], params = [], tags = [] } = input;
  requireCounts({ metrics: metrics.length, params: params.length, tags: tags.length });
  const isOne = metrics.length + params.length + tags.length === 1;
  for (const [index, point] of metrics.entries()) {
    requirePoint(point, isOne ? "" : `metrics[${index}]`);
  }
  const batch = {
    runId,
    params: takeRunParams(params, (index) => (isOne ? "" : `params[${index}]`)),
    tags: takeRunTags(Object.fromEntries(tags.map(({ key, value }) => [key, value]))),
    modelPoints: metrics.flatMap(toModelPoint),
  };
  if (metrics.length === 0 && params.length === 0) {
    return setTags(ctx, { runId, tags: Object.fromEntries(batch.tags) });
  }
  const onlyPoints = params.length === 0 && tags.length === 0 && batch.modelPoints.length === 0;
  if (onlyPoints) {
    return logMetrics(ctx, { runId, points: metrics });
  }
  if (!RunId.safeParse(runId).success) {
    throw noRun(runId);
  }
  const ids = await metricKeyIds(
    ctx,
    metrics.map(({ key }) => key),
  );
  const points = metrics.map(({ key, step, at, value }) => ({ keyId: ids.get(key) ?? 0, step, at, value }));
  await requireWritten(ctx, runId, await writeBatch(ctx, { ...batch, points }));
  hintRun(ctx, runId);
}

async function requireWritten(ctx: Ctx, runId: string, result: BatchResult): Promise<void> {
  if (!result.found) {
    throw await whyNotTaken(ctx, runId);
  }
  const [unknown] = result.unknownModels;
  if (unknown !== undefined) {
    throw new NotFoundError(`Logged model with ID '${unknown}'`);
  }
  const [clash] = result.clashes;
  if (clash !== undefined) {
    const rest = result.clashes.length > 1 ? ` So would ${result.clashes.length - 1} more.` : "";
    throw new ConflictError(
      `Changing param values is not allowed. Param with key='${clash.key}' was already logged with value='${clash.old}' for run ID='${runId}'. Attempted logging new value '${clash.new}'.${rest}`,
      { code: "param_changed" },
    );
  }
}

function requireCounts(counts: { metrics: number; params: number; tags: number }): void {
  const all = { ...counts, "metrics, params, and tags": counts.metrics + counts.params + counts.tags };
  for (const what of ["metrics", "params", "tags", "metrics, params, and tags"] as const) {
    const count = all[what];
    if (count <= MOST[what]) continue;
    throw new InvalidError(
      `A batch logging request can contain at most ${MOST[what]} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
      { details: [{ field: what, problem: `more than ${MOST[what]}`, remedy: "Send them in several requests." }] },
    );
  }
}

function toModelPoint(point: BatchPoint): StoredModelPoint[] {
  const { modelId, datasetName = "", datasetDigest = "", key, step, at, value } = point;
  return modelId ? [{ modelId, datasetName, datasetDigest, key, step, at, value }] : [];
}
