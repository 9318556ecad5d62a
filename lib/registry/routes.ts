import { type Route, route } from "#lib/platform/http/route.ts";
import { getHistory, getModel, getVersion } from "#lib/registry/get-model.ts";
import { listModels } from "#lib/registry/list-models.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import {
  AliasBody,
  AliasParams,
  HistoryReply,
  ModelBody,
  ModelDetail,
  ModelList,
  ModelParams,
  ModelSummary,
  ModelVersion,
  ReasonQuery,
  RegisterBody,
  StageBody,
  VersionDetail,
  VersionParams,
} from "#lib/registry/schemas.ts";
import { deleteAlias, setAlias } from "#lib/registry/set-alias.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { updateModel } from "#lib/registry/update-model.ts";

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
    description:
      "Into Production it replaces the version that is there, which goes to Archived. A stage that a policy protects: 403 approval_required.",
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
  route({
    method: "patch",
    path: "/api/models/{name}",
    summary: "Describe a model, or set its risk",
    description: "The risk is an admin's to set.",
    tag,
    auth: "registry:write",
    params: ModelParams,
    body: ModelBody,
    response: ModelSummary,
    handle: ({ ctx, params, body }) => updateModel(ctx, { ...params, ...body }),
  }),
  route({
    method: "put",
    path: "/api/models/{name}/aliases/{alias}",
    summary: "Let an alias name a version",
    description: "An alias that a policy protects: 403 approval_required. `champion` follows Production by itself.",
    tag,
    auth: "registry:write",
    params: AliasParams,
    body: AliasBody,
    response: ModelVersion,
    handle: ({ ctx, params, body }) => setAlias(ctx, { modelName: params.name, alias: params.alias, ...body }),
  }),
  route({
    method: "delete",
    path: "/api/models/{name}/aliases/{alias}",
    summary: "Take an alias away",
    tag,
    auth: "registry:write",
    params: AliasParams,
    query: ReasonQuery,
    status: 204,
    handle: ({ ctx, params, query }) =>
      deleteAlias(ctx, { modelName: params.name, alias: params.alias, reason: query.reason ?? "" }),
  }),
];
