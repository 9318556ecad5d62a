import { z } from "zod";
import { EXPERIMENT_HEADER, OTLP, readOtlp } from "#lib/mlflow/read-otlp.ts";
import { foundReply, Ids, searchFields } from "#lib/mlflow/wire/search.ts";
import {
  fromWireTrace,
  GivenTrace,
  jsonReply,
  TraceLocation,
  WireTrace,
  WireTraceInfo,
} from "#lib/mlflow/wire/trace.ts";
import { IdText, Int64, Nothing, requiredText } from "#lib/mlflow/wire/values.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import type { DoomedTraces } from "#lib/tracking/store/traces.ts";
import { deleteTraces } from "#lib/tracking/traces/delete-traces.ts";
import { getTrace, getTraces } from "#lib/tracking/traces/get-traces.ts";
import { logSpans } from "#lib/tracking/traces/log-spans.ts";
import { searchTraces } from "#lib/tracking/traces/search-traces.ts";
import { startTrace } from "#lib/tracking/traces/start-trace.ts";
import { deleteTraceTag, setTraceTag } from "#lib/tracking/traces/trace-tags.ts";

const tag = "MLflow: traces";
const base = "/api/3.0/mlflow/traces";
const MOST_DELETED = 100_000;

const TraceParams = z.object({ trace_id: z.string().max(100) });
const TraceQuery = z.looseObject({ trace_id: requiredText("trace_id") });
const TracesQuery = z.looseObject({ trace_ids: Ids });

export const traceRoutes: Route[] = [
  route({
    method: "post",
    path: base,
    summary: "Record a trace",
    description: "At its end, before or after its spans; the same id again takes the place of the first.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({ trace: GivenTrace }),
    response: z.object({ trace: z.object({ trace_info: WireTraceInfo }) }),
    handle: async ({ ctx, body }) =>
      jsonReply(`{"trace":{"trace_info":${await startTrace(ctx, fromWireTrace(body.trace))}}}`),
  }),
  route({
    method: "post",
    path: "/v1/traces",
    summary: "Record spans by OTLP",
    description: `The body is an ExportTraceServiceRequest as ${OTLP} or JSON, also by gzip or deflate. ${EXPERIMENT_HEADER} names the experiment.`,
    tag,
    auth: "tracking:write",
    produces: OTLP,
    handle: async ({ ctx, request }) => {
      const { isJson, ...given } = await readOtlp(request);
      await logSpans(ctx, given);
      return isJson ? jsonReply("{}") : makeResponse(new Uint8Array(), 200, { "Content-Type": OTLP });
    },
  }),
  route({
    method: "post",
    path: `${base}/search`,
    summary: "Search traces",
    description: "`filter` compares attributes such as `status` and `timestamp_ms`, `tags.<key>` and `metadata.<key>`.",
    tag,
    auth: "tracking:read",
    body: z.looseObject({ locations: z.array(TraceLocation).default([]), ...searchFields(100, 500) }),
    response: z.object({ traces: z.array(WireTraceInfo).optional(), next_page_token: z.string().optional() }),
    handle: async ({ ctx, body }) =>
      foundReply(
        "traces",
        await searchTraces(ctx, {
          experimentIds: body.locations.map((one) => one.mlflow_experiment.experiment_id),
          filter: body.filter,
          limit: body.max_results,
          orderBy: body.order_by,
          pageToken: body.page_token,
        }),
      ),
  }),
  route({
    method: "get",
    path: `${base}/get`,
    summary: "Get a trace with its spans",
    tag,
    auth: "tracking:read",
    query: TraceQuery,
    response: z.object({ trace: WireTrace }),
    handle: async ({ ctx, query }) =>
      jsonReply(`{"trace":${await getTrace(ctx, { id: query.trace_id, spans: true })}}`),
  }),
  route({
    method: "get",
    path: `${base}/batchGet`,
    summary: "Get traces with their spans",
    tag,
    auth: "tracking:read",
    query: TracesQuery,
    response: z.object({ traces: z.array(WireTrace).optional() }),
    handle: async ({ ctx, query }) =>
      foundReply("traces", { items: await getTraces(ctx, { ids: query.trace_ids, spans: true }) }),
  }),
  route({
    method: "get",
    path: `${base}/batchGetInfos`,
    summary: "Get traces without their spans",
    tag,
    auth: "tracking:read",
    query: TracesQuery,
    response: z.object({ trace_infos: z.array(WireTraceInfo).optional() }),
    handle: async ({ ctx, query }) =>
      foundReply("trace_infos", { items: await getTraces(ctx, { ids: query.trace_ids, spans: false }) }),
  }),
  route({
    method: "get",
    path: `${base}/{trace_id}`,
    summary: "Get a trace without its spans",
    tag,
    auth: "tracking:read",
    params: TraceParams,
    response: z.object({ trace: z.object({ trace_info: WireTraceInfo }) }),
    handle: async ({ ctx, params }) =>
      jsonReply(`{"trace":{"trace_info":${await getTrace(ctx, { id: params.trace_id, spans: false })}}}`),
  }),
  ...["/api/2.0/mlflow/traces", base].flatMap((at): Route[] => [
    route({
      method: "patch",
      path: `${at}/{trace_id}/tags`,
      summary: "Set a tag of a trace",
      tag,
      auth: "tracking:write",
      params: TraceParams,
      body: z.looseObject({ key: requiredText("key"), value: z.string().default("") }),
      response: Nothing,
      handle: async ({ ctx, params, body }) => {
        await setTraceTag(ctx, { id: params.trace_id, key: body.key, value: body.value });
        return {};
      },
    }),
    route({
      method: "delete",
      path: `${at}/{trace_id}/tags`,
      summary: "Delete a tag of a trace",
      tag,
      auth: "tracking:write",
      params: TraceParams,
      body: z.looseObject({ key: requiredText("key") }),
      response: Nothing,
      handle: async ({ ctx, params, body }) => {
        await deleteTraceTag(ctx, { id: params.trace_id, key: body.key });
        return {};
      },
    }),
    route({
      method: "post",
      path: `${at}/delete-traces`,
      summary: "Delete traces of an experiment",
      description: "By `request_ids`, or the oldest up to `max_timestamp_millis`. For good.",
      tag,
      auth: "tracking:write",
      body: DeleteTraces(),
      response: z.object({ traces_deleted: z.int() }),
      handle: async ({ ctx, body }) => ({
        traces_deleted: await deleteTraces(ctx, { experimentId: body.experiment_id, doomed: doomedBy(body) }),
      }),
    }),
  ]),
];

function DeleteTraces() {
  return z.looseObject({
    experiment_id: IdText.default("").pipe(requiredText("experiment_id")),
    max_timestamp_millis: Int64.nullish(),
    max_traces: Int64.pipe(z.int().min(1)).nullish(),
    request_ids: z.array(z.string()).max(10_000).nullish(),
  });
}

/** @throws InvalidError neither ids nor a time, or both */
function doomedBy({
  request_ids: ids,
  max_timestamp_millis: until,
  max_traces: limit,
}: z.infer<ReturnType<typeof DeleteTraces>>): DoomedTraces {
  const byIds = ids !== undefined && ids !== null && ids.length > 0;
  const byTime = until !== undefined && until !== null;
  if (byIds && !byTime) return { ids };
  if (byTime && !byIds) return { until, limit: Math.min(limit ?? MOST_DELETED, MOST_DELETED) };
  const problem = "Exactly one of `max_timestamp_millis` and `request_ids` must be specified.";
  throw new InvalidError(problem, {
    details: [{ field: "request_ids", problem, remedy: "Send the ids, or the time up to which traces go." }],
  });
}
