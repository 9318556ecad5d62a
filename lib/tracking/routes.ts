import { z } from "zod";
import { downloadReply } from "#lib/platform/http/download.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { eventStream } from "#lib/platform/http/sse.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { createExperiment } from "#lib/tracking/create-experiment.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
import { listExperiments } from "#lib/tracking/list-experiments.ts";
import { listRuns } from "#lib/tracking/list-runs.ts";
import { listArtifacts, openArtifact } from "#lib/tracking/open-artifact.ts";
import { restoreRun } from "#lib/tracking/restore-run.ts";
import {
  ArtifactList,
  CreateExperimentBody,
  EventsQuery,
  Experiment,
  ExperimentList,
  MetricsQuery,
  MetricsReply,
  RunDetail,
  RunListQuery,
  RunPage,
  RunParams,
  UpdateRunBody,
} from "#lib/tracking/schemas.ts";
import { updateRun } from "#lib/tracking/update-run.ts";
import { watchRun } from "#lib/tracking/watch-run.ts";

// `GET /api/runs/{id}` is among training's routes: its reply holds the run's training state and evaluation.
const tag = "Runs";

export const trackingRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/experiments",
    summary: "List experiments",
    tag,
    auth: "tracking:read",
    response: ExperimentList,
    handle: async ({ ctx }) => ({ items: await listExperiments(ctx) }),
  }),
  route({
    method: "post",
    path: "/api/experiments",
    summary: "Make an experiment",
    tag,
    auth: "tracking:write",
    body: CreateExperimentBody,
    response: Experiment,
    status: 201,
    handle: ({ ctx, body }) => createExperiment(ctx, body),
  }),
  route({
    method: "get",
    path: "/api/runs",
    summary: "List runs",
    description:
      "Filter, sort and page. `filter` takes comparisons as MLflow's searches do, with `OR`, parentheses and `metrics.<key>@min`. Only the metrics, params and tags asked for are returned, the usual ones by default.",
    tag,
    auth: "tracking:read",
    query: RunListQuery,
    response: RunPage,
    handle: ({ ctx, query }) => listRuns(ctx, query),
  }),
  route({
    method: "get",
    path: "/api/runs/{id}/metrics",
    summary: "Metric series of a run",
    description: "Long series are thinned to maxPoints so that no first, last, lowest or highest value is lost.",
    tag,
    auth: "tracking:read",
    params: RunParams,
    query: MetricsQuery,
    response: MetricsReply,
    handle: async ({ ctx, params, query }) => ({
      series: await getMetricHistory(ctx, { runId: params.id, keys: query.keys, maxPoints: query.maxPoints }),
    }),
  }),
  route({
    method: "get",
    path: "/api/runs/{id}/events",
    summary: "Follow a run",
    description:
      "Server-sent events: `run` when its state or tags change, `points` with new metric points, `reset` when a retry started from nothing. `since` (Unix milliseconds, or Last-Event-ID) leaves out older points; merge points by key and step.",
    tag,
    auth: "tracking:read",
    params: RunParams,
    query: EventsQuery,
    produces: "text/event-stream",
    handle: async ({ ctx, params, query, request }) => {
      await findRun(ctx, params.id);
      const since = Number(request.headers.get("last-event-id") ?? query.since ?? Number.NaN);
      return eventStream(request, (send, signal) =>
        watchRun(ctx, {
          runId: params.id,
          since: Number.isSafeInteger(since) ? since : undefined,
          hub: getRuntime().notify,
          send: async (event) => void (await send(event)),
          signal,
        }),
      );
    },
  }),
  route({
    method: "get",
    path: "/api/runs/{id}/artifacts",
    summary: "List a run's artifacts",
    tag,
    auth: "tracking:read",
    params: RunParams,
    response: ArtifactList,
    handle: async ({ ctx, params }) => ({ items: await listArtifacts(ctx, { runId: params.id }) }),
  }),
  route({
    method: "get",
    path: "/api/runs/{id}/artifacts/{path+}",
    summary: "Download an artifact",
    tag,
    auth: "tracking:read",
    // The path's rules are checked by the verb, so that a trick is told from a missing file.
    params: RunParams.extend({ path: z.string() }),
    produces: "*/*",
    handle: async ({ ctx, params, ...exchange }) =>
      downloadReply(exchange, await openArtifact(ctx, { runId: params.id, path: params.path })),
  }),
  route({
    method: "patch",
    path: "/api/runs/{id}",
    summary: "Rename a run, set and remove its tags",
    tag,
    auth: "tracking:write",
    params: RunParams,
    body: UpdateRunBody,
    response: RunDetail,
    handle: ({ ctx, params, body }) => updateRun(ctx, { id: params.id, ...body }),
  }),
  route({
    method: "delete",
    path: "/api/runs/{id}",
    summary: "Delete a run",
    description: "It leaves every list and can be restored. A run that is queued or running must be cancelled first.",
    tag,
    auth: "tracking:write",
    params: RunParams,
    status: 204,
    handle: ({ ctx, params }) => deleteRun(ctx, params),
  }),
  route({
    method: "post",
    path: "/api/runs/{id}/restore",
    summary: "Restore a deleted run",
    tag,
    auth: "tracking:write",
    params: RunParams,
    response: RunDetail,
    handle: ({ ctx, params }) => restoreRun(ctx, params),
  }),
];
