import { type Route, route } from "#lib/platform/http/route.ts";
import { VersionParams } from "#lib/registry/schemas.ts";
import { RunParams } from "#lib/tracking/schemas.ts";
import { cancelRun } from "#lib/training/cancel-run.ts";
import { getQueue } from "#lib/training/get-queue.ts";
import { getStrategyRun } from "#lib/training/get-strategy-run.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import { listReproductions } from "#lib/training/list-reproductions.ts";
import { listStrategies } from "#lib/training/list-strategies.ts";
import { reproduceVersion } from "#lib/training/reproduce-version.ts";
import { retryRun } from "#lib/training/retry-run.ts";
import {
  QueueReply,
  Reproduction,
  ReproductionList,
  StrategyList,
  StrategyParams,
  StrategyRun,
  StrategyRunParams,
  SubmitRunBody,
  SubmitStrategyBody,
  SubmittedRun,
  TrainedRun,
} from "#lib/training/schemas.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { submitStrategy } from "#lib/training/submit-strategy.ts";

const tag = "Training";

export const trainingRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/runs/{id}",
    summary: "A run",
    description: "Params, tags, newest metrics, artifacts, the state of its training and its evaluation.",
    tag: "Runs",
    auth: "tracking:read",
    params: RunParams,
    response: TrainedRun,
    handle: ({ ctx, params }) => getTrainedRun(ctx, params),
  }),
  route({
    method: "get",
    path: "/api/training/strategies",
    summary: "Run strategies that can be submitted",
    tag,
    auth: "tracking:read",
    response: StrategyList,
    handle: ({ ctx }) => ({ items: listStrategies(ctx) }),
  }),
  route({
    method: "post",
    path: "/api/training/strategies/{name}",
    summary: "Submit a strategy",
    description: "All its runs are queued. When the last is over, the best by test accuracy is registered.",
    tag,
    auth: "training:write",
    params: StrategyParams,
    body: SubmitStrategyBody,
    response: StrategyRun,
    status: 202,
    handle: ({ ctx, params, body }) => submitStrategy(ctx, { name: params.name, ...body }),
  }),
  route({
    method: "get",
    path: "/api/training/strategy-runs/{id}",
    summary: "A submitted strategy and its runs",
    tag,
    auth: "tracking:read",
    params: StrategyRunParams,
    response: StrategyRun,
    handle: ({ ctx, params }) => getStrategyRun(ctx, params),
  }),
  route({
    method: "post",
    path: "/api/training/runs",
    summary: "Submit a run",
    tag,
    auth: "training:write",
    body: SubmitRunBody,
    response: SubmittedRun,
    status: 202,
    handle: ({ ctx, body }) => submitRun(ctx, body),
  }),
  route({
    method: "post",
    path: "/api/training/runs/{id}/cancel",
    summary: "Cancel a run",
    description: "A run that trains stops within 2 s and keeps its checkpoint.",
    tag,
    auth: "training:write",
    params: RunParams,
    response: SubmittedRun,
    status: 202,
    handle: ({ ctx, params }) => cancelRun(ctx, { runId: params.id }),
  }),
  route({
    method: "post",
    path: "/api/training/runs/{id}/retry",
    summary: "Queue a failed or cancelled run again",
    description: "Under its id; from its checkpoint where there is one.",
    tag,
    auth: "training:write",
    params: RunParams,
    response: SubmittedRun,
    status: 202,
    handle: ({ ctx, params }) => retryRun(ctx, { runId: params.id }),
  }),
  route({
    method: "post",
    path: "/api/models/{name}/versions/{version}/reproduce",
    summary: "Train a version again",
    description: "The same spec, dataset version and engine. The run has the tag `reproduces`.",
    tag,
    auth: "training:write",
    params: VersionParams,
    response: Reproduction,
    status: 202,
    handle: ({ ctx, params }) => reproduceVersion(ctx, params),
  }),
  route({
    method: "get",
    path: "/api/models/{name}/versions/{version}/reproductions",
    summary: "What training a version again has shown",
    description:
      "identical (bit for bit), equivalent (within the tolerance), different, or failed; and what was not the same.",
    tag,
    auth: "registry:read",
    params: VersionParams,
    response: ReproductionList,
    handle: ({ ctx, params }) => listReproductions(ctx, params),
  }),
  route({
    method: "get",
    path: "/api/training/queue",
    summary: "What trains and what waits",
    tag,
    auth: "tracking:read",
    response: QueueReply,
    handle: ({ ctx }) => getQueue(ctx),
  }),
];
