import { z } from "zod";
import { fromWireMetric, LoggedMetric, toWireRunMetric, WireMetric, WireRunMetric } from "#lib/mlflow/wire/metric.ts";
import { Ids } from "#lib/mlflow/wire/search.ts";
import { Entry, Int64, Nothing, RunRef, requiredText, runIdOf } from "#lib/mlflow/wire/values.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { getMetricOfRuns, getMetricPage, type MetricPage } from "#lib/tracking/get-metric-page.ts";
import { getMetricSample } from "#lib/tracking/get-metric-sample.ts";
import { logBatch } from "#lib/tracking/log-batch.ts";

const base = "/api/2.0/mlflow";
const tag = "MLflow: metrics and params";
const MOST_POINTS = 25_000;
const MOST_POINTS_OF_SAMPLE = 2_500;
const MOST_RUNS = 100;
const MOST_BYTES = 1_000_000;

const positive = Int64.refine((given) => given > 0, {
  error: ({ input }) =>
    `Invalid value ${String(input)} for parameter 'max_results' supplied. It must be a positive integer.`,
  params: { remedy: "Send a number from 1 on." },
});

/** At most `most`, which is usual too. */
const count = (most: number) => positive.nullish().transform((given) => Math.min(given ?? most, most));

export const metricRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/runs/log-metric`,
    summary: "Log one value of a metric",
    description: "The same key, step, timestamp and value again changes nothing.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({ ...RunRef, ...LoggedMetric }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await logBatch(ctx, { runId: runIdOf(body), metrics: [fromWireMetric(body)] });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/runs/log-parameter`,
    summary: "Log a param",
    description: "A param never changes. A value of more than 6,000 characters is cut.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({ ...RunRef, key: requiredText("key"), value: z.string().default("") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await logBatch(ctx, { runId: runIdOf(body), params: [{ key: body.key, value: body.value }] });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/runs/log-batch`,
    summary: "Log metrics and params and set tags: all or nothing",
    description: "At most 1,000 metrics, 100 params and 100 tags, 1,000 in all, and 1 MB.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      ...RunRef,
      metrics: z.array(z.looseObject(LoggedMetric)).nullish(),
      params: z.array(Entry).nullish(),
      tags: z.array(Entry).nullish(),
    }),
    response: Nothing,
    maxBodyBytes: MOST_BYTES,
    handle: async ({ ctx, body }) => {
      const { metrics, params, tags } = body;
      await logBatch(ctx, {
        runId: runIdOf(body),
        metrics: (metrics ?? []).map(fromWireMetric),
        params: params ?? [],
        tags: tags ?? [],
      });
      return {};
    },
  }),
  route({
    method: "get",
    path: `${base}/metrics/get-history`,
    summary: "All values of a metric of a run",
    description: "By timestamp, step and value, at most 25,000 a page.",
    tag,
    auth: "tracking:read",
    query: z.looseObject({
      ...RunRef,
      metric_key: requiredText("metric_key"),
      max_results: count(MOST_POINTS),
      page_token: z.string().nullish(),
    }),
    response: z.object({ metrics: z.array(WireMetric).optional(), next_page_token: z.string().optional() }),
    handle: async ({ ctx, query }) =>
      pageReply(
        await getMetricPage(ctx, {
          runId: runIdOf(query),
          key: query.metric_key,
          limit: query.max_results,
          pageToken: query.page_token,
        }),
      ),
  }),
  route({
    method: "get",
    path: `${base}/metrics/get-history-bulk`,
    summary: "All values of a metric of several runs",
    description: "By run id, timestamp, step and value, at most 25,000 in all, of at most 100 runs.",
    tag,
    auth: "tracking:read",
    query: z.looseObject({
      run_id: Ids,
      metric_key: requiredText("metric_key"),
      max_results: count(MOST_POINTS),
    }),
    response: z.object({ metrics: z.array(WireRunMetric) }),
    handle: async ({ ctx, query }) => {
      requireRuns("GetMetricHistoryBulk", "run_id", query.run_id);
      const { json } = await getMetricOfRuns(ctx, {
        runIds: query.run_id,
        key: query.metric_key,
        limit: query.max_results,
      });
      return jsonReply(`{"metrics":[${json}]}`);
    },
  }),
  ...["2.0", "2.11"].map((version) =>
    route({
      method: "get",
      path: `/api/${version}/mlflow/metrics/get-history-bulk-interval`,
      summary: `A sample of the values of a metric of several runs${version === "2.0" ? "" : " (as of MLflow 2.11)"}`,
      description:
        "By run, step and timestamp, at most max_results of each. The first and the last value are kept, and no spike is lost.",
      tag,
      auth: "tracking:read",
      query: z.looseObject({
        run_ids: Ids,
        metric_key: requiredText("metric_key"),
        start_step: Int64.nullish(),
        end_step: Int64.nullish(),
        max_results: Int64.refine((given) => given >= 1 && given <= MOST_POINTS_OF_SAMPLE, {
          error: `max_results must be between 1 and ${MOST_POINTS_OF_SAMPLE}.`,
          params: { remedy: "Send a number in that range, or none." },
        }).nullish(),
      }),
      response: z.object({ metrics: z.array(WireRunMetric).optional() }),
      handle: async ({ ctx, query }) => {
        requireRuns("GetMetricHistoryBulkInterval", "run_ids", query.run_ids);
        const metrics = await getMetricSample(ctx, {
          runIds: query.run_ids,
          key: query.metric_key,
          steps: takeSteps(query.start_step, query.end_step),
          maxPoints: query.max_results ?? MOST_POINTS_OF_SAMPLE,
        });
        return { metrics: metrics.map(toWireRunMetric) };
      },
    }),
  ),
];

/** @throws InvalidError none, or too many */
function requireRuns(call: string, field: string, runIds: readonly string[]): void {
  if (runIds.length >= 1 && runIds.length <= MOST_RUNS) return;
  const message =
    runIds.length === 0
      ? `${call} request must specify at least one ${field}.`
      : `${call} request must specify at most ${MOST_RUNS} ${field}. Received ${runIds.length} ${field}.`;
  throw new InvalidError(message, {
    details: [{ field, problem: `${runIds.length} runs`, remedy: `Send 1 to ${MOST_RUNS} ids.` }],
  });
}

/** @throws InvalidError one without the other, or the end before the start */
function takeSteps(
  from: number | null | undefined,
  to: number | null | undefined,
): { from: number; to: number } | undefined {
  const has = [from, to].filter((step) => typeof step === "number").length;
  if (has === 0) return undefined;
  if (typeof from !== "number" || typeof to !== "number") {
    throw new InvalidError("If either start step or end step are specified, both must be specified.", {
      details: [{ field: "start_step", problem: "one without the other", remedy: "Send both, or none." }],
    });
  }
  if (from > to) {
    throw new InvalidError(`end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`, {
      details: [{ field: "end_step", problem: "before start_step", remedy: "Send them in their order." }],
    });
  }
  return { from, to };
}

function pageReply({ json, nextPageToken }: MetricPage): Response {
  const fields = [
    ...(json === "" ? [] : [`"metrics":[${json}]`]),
    ...(nextPageToken === undefined ? [] : [`"next_page_token":${JSON.stringify(nextPageToken)}`]),
  ];
  return jsonReply(`{${fields.join(",")}}`);
}

function jsonReply(json: string): Response {
  return makeResponse(json, 200, { "Content-Type": "application/json; charset=utf-8" });
}
