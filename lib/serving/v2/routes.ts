import type { Ctx } from "#lib/platform/ctx.ts";
import { readiness } from "#lib/platform/http/health.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { openDeployment } from "#lib/serving/open-deployment.ts";
import { getModelConfig, getModelMetadata, getModelStatistics, requireReady } from "#lib/serving/v2/describe-model.ts";
import { infer } from "#lib/serving/v2/infer.ts";
import { listRepository, listStatistics } from "#lib/serving/v2/list-served.ts";
import {
  InferReply,
  ModelConfig,
  ModelMetadata,
  ModelParams,
  ModelStatistics,
  RepositoryIndex,
  ServerMetadata,
  VersionParams,
} from "#lib/serving/v2/schemas.ts";
import packageJson from "../../../package.json" with { type: "json" };

const tag = "Open Inference Protocol";
const EXTENSIONS = ["binary_tensor_data", "statistics", "model_configuration"];

/** The protocol's own clients look at the status only. */
function empty(status: number): Response {
  return makeResponse("", status, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": "0" });
}

const serverRoutes: Route[] = [
  route({
    method: "get",
    path: "/v2",
    summary: "The server and what of the protocol it speaks",
    tag,
    auth: "public",
    response: ServerMetadata,
    handle: (): ServerMetadata => ({ name: packageJson.name, version: packageJson.version, extensions: EXTENSIONS }),
  }),
  route({
    method: "get",
    path: "/v2/health/live",
    summary: "Whether the server lives",
    tag,
    auth: "public",
    produces: "text/plain",
    handle: () => empty(200),
  }),
  route({
    method: "get",
    path: "/v2/health/ready",
    summary: "Whether the server can infer",
    description: "503 when it cannot; `/health/ready` says why.",
    tag,
    auth: "public",
    produces: "text/plain",
    alsoStatus: 503,
    handle: async () => empty((await readiness(getRuntime())).status === "ready" ? 200 : 503),
  }),
  route({
    method: "post",
    path: "/v2/repository/index",
    summary: "All models with the versions that are served",
    tag,
    auth: "serving:predict",
    response: RepositoryIndex,
    handle: ({ ctx }) => listRepository(ctx),
  }),
  route({
    method: "get",
    path: "/v2/models/stats",
    summary: "Statistics of all models, as this process counts them",
    tag,
    auth: "serving:predict",
    response: ModelStatistics,
    handle: ({ ctx }) => listStatistics(ctx),
  }),
];

const guard = async ({ ctx, params }: { ctx: Ctx; params: unknown }) =>
  void (await openDeployment(ctx, ModelParams.parse(params).name));

/** The routes of one model, by whichever version is served or by a number, which has to be that one. */
function modelRoutes<P extends typeof ModelParams | typeof VersionParams>(
  path: string,
  params: P,
  which: string,
): Route[] {
  const common = { tag, auth: "predict" as const, params, guard };
  return [
    route({
      ...common,
      method: "get",
      path,
      summary: `Inputs and outputs of ${which}`,
      description: "A model is a deployment, by its name. A dimension that is free is -1.",
      response: ModelMetadata,
      handle: ({ ctx, params: named }) => getModelMetadata(ctx, named),
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/ready`,
      summary: `Whether ${which} can infer`,
      produces: "text/plain",
      handle: async ({ ctx, params: named }) => {
        await requireReady(ctx, named);
        return empty(200);
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/config`,
      summary: `Configuration of ${which}, as Triton writes it`,
      response: ModelConfig,
      handle: ({ ctx, params: named }) => getModelConfig(ctx, named),
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/stats`,
      summary: `Statistics of ${which}, as this process counts them`,
      response: ModelStatistics,
      handle: ({ ctx, params: named }) => getModelStatistics(ctx, named),
    }),
    route({
      ...common,
      method: "post",
      path: `${path}/infer`,
      summary: `Inference with ${which}`,
      description:
        "The model's own tensors, as JSON or, with Inference-Header-Content-Length, as JSON and the raw tensors after it; packed by gzip or deflate where Content-Encoding says so. NaN and infinities are null in JSON.",
      response: InferReply,
      produces: "application/octet-stream",
      handle: ({ ctx, params: named, request }) => infer(ctx, { ...named, request }),
    }),
  ];
}

/** The Open Inference Protocol, version 2. */
export const inferenceRoutes: Route[] = [
  ...serverRoutes,
  ...modelRoutes("/v2/models/{name}", ModelParams, "a model"),
  ...modelRoutes("/v2/models/{name}/versions/{version}", VersionParams, "a version of a model"),
];
