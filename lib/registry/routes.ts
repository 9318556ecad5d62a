import { type Route, route } from "#lib/platform/http/route.ts";
import { getHistory, getModel, getVersion } from "#lib/registry/get-model.ts";
import { listModels } from "#lib/registry/list-models.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import {
  HistoryReply,
  ModelDetail,
  ModelList,
  ModelParams,
  ModelVersion,
  RegisterBody,
  StageBody,
  VersionDetail,
  VersionParams,
} from "#lib/registry/schemas.ts";
import { setStage } from "#lib/registry/set-stage.ts";

const tag = "Models";

export const registryRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/models",
    summary: "List models",
    tag,
    auth: "registry:read",
    response: ModelList,
    handle: async ({ ctx }) => ({ items: await listModels(ctx) }),
  }),
  route({
    method: "get",
    path: "/api/models/{name}",
    summary: "A model with its versions",
    tag,
    auth: "registry:read",
    params: ModelParams,
    response: ModelDetail,
    handle: ({ ctx, params }) => getModel(ctx, params),
  }),
  route({
    method: "get",
    path: "/api/models/{name}/versions/{version}",
    summary: "A version with its stage transitions",
    tag,
    auth: "registry:read",
    params: VersionParams,
    response: VersionDetail,
    handle: ({ ctx, params }) => getVersion(ctx, params),
  }),
  route({
    method: "post",
    path: "/api/models/{name}/versions",
    summary: "Register a finished run as the next version",
    description:
      "The run needs the artifact model/model.onnx. A run that is registered already gives its version back.",
    tag,
    auth: "registry:write",
    params: ModelParams,
    body: RegisterBody,
    response: ModelVersion,
    status: 201,
    handle: ({ ctx, params, body }) => registerVersion(ctx, { modelName: params.name, runId: body.runId }),
  }),
  route({
    method: "post",
    path: "/api/models/{name}/versions/{version}/stage",
    summary: "Move a version to a stage",
    description: "Into Production it replaces the version that is there, which goes to Archived.",
    tag,
    auth: "registry:write",
    params: VersionParams,
    body: StageBody,
    response: ModelVersion,
    handle: ({ ctx, params, body }) =>
      setStage(ctx, { modelName: params.name, version: params.version, stage: body.stage, reason: body.reason }),
  }),
  route({
    method: "get",
    path: "/api/models/{name}/history",
    summary: "Every change of stage, newest first",
    tag,
    auth: "registry:read",
    params: ModelParams,
    response: HistoryReply,
    handle: async ({ ctx, params }) => ({ items: await getHistory(ctx, params) }),
  }),
];
