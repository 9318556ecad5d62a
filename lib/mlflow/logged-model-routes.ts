import { z } from "zod";
import { generateRunName } from "#lib/mlflow/generate-run-name.ts";
import { toWireFile, WireFile } from "#lib/mlflow/wire/file.ts";
import {
  loggedModelArtifactUri,
  ModelIdParams,
  ModelStatusGiven,
  ModelTagParams,
  toWireLoggedModel,
  WireLoggedModel,
} from "#lib/mlflow/wire/logged-model.ts";
import { Entries, IdText, Nothing, requiredText, toRecord } from "#lib/mlflow/wire/values.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { listFolder } from "#lib/tracking/files/open-file.ts";
import { createLoggedModel } from "#lib/tracking/logged-models/create-logged-model.ts";
import { getLoggedModel } from "#lib/tracking/logged-models/get-logged-model.ts";
import {
  deleteLoggedModel,
  deleteModelTag,
  finalizeLoggedModel,
  logModelParams,
  setModelTags,
} from "#lib/tracking/logged-models/update-logged-model.ts";

const tag = "MLflow: logged models";
const base = "/api/2.0/mlflow/logged-models";

const Reply = z.object({ model: WireLoggedModel });

export const loggedModelRoutes: Route[] = [
  route({
    method: "post",
    path: base,
    summary: "Make a logged model",
    description: "It is pending until it is finalized. Without a name it gets one.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      experiment_id: IdText.default("").pipe(requiredText("experiment_id")),
      name: z.string().nullish(),
      model_type: z.string().max(500).nullish(),
      source_run_id: z.string().nullish(),
      params: Entries,
      tags: Entries,
    }),
    response: Reply,
    handle: async ({ ctx, body }) => ({
      model: toWireLoggedModel(
        await createLoggedModel(ctx, {
          experimentId: body.experiment_id,
          name: body.name || generateRunName(),
          modelType: body.model_type || undefined,
          runId: body.source_run_id || undefined,
          params: body.params,
          tags: toRecord(body.tags),
        }),
      ),
    }),
  }),
  route({
    method: "get",
    path: `${base}/{model_id}`,
    summary: "A logged model",
    tag,
    auth: "tracking:read",
    params: ModelIdParams,
    query: z.looseObject({ allow_deleted: z.string().nullish() }),
    response: Reply,
    handle: async ({ ctx, params, query }) => {
      const deletedToo = query.allow_deleted?.toLowerCase() === "true";
      return { model: toWireLoggedModel(await getLoggedModel(ctx, { id: params.model_id, deletedToo })) };
    },
  }),
  route({
    method: "patch",
    path: `${base}/{model_id}`,
    summary: "Finalize a logged model",
    description: "Says whether its files are all there.",
    tag,
    auth: "tracking:write",
    params: ModelIdParams,
    body: z.looseObject({ status: ModelStatusGiven }),
    response: Reply,
    handle: async ({ ctx, params, body }) => ({
      model: toWireLoggedModel(await finalizeLoggedModel(ctx, { id: params.model_id, status: body.status })),
    }),
  }),
  route({
    method: "delete",
    path: `${base}/{model_id}`,
    summary: "Delete a logged model",
    description: "Versions that were made of it keep their files.",
    tag,
    auth: "tracking:write",
    params: ModelIdParams,
    response: Nothing,
    handle: async ({ ctx, params }) => {
      await deleteLoggedModel(ctx, { id: params.model_id });
      return {};
    },
  }),
  route({
    method: "patch",
    path: `${base}/{model_id}/tags`,
    summary: "Set tags of a logged model",
    tag,
    auth: "tracking:write",
    params: ModelIdParams,
    body: z.looseObject({ tags: Entries }),
    response: Nothing,
    handle: async ({ ctx, params, body }) => {
      await setModelTags(ctx, { id: params.model_id, tags: toRecord(body.tags) });
      return {};
    },
  }),
  route({
    method: "delete",
    path: `${base}/{model_id}/tags/{key+}`,
    summary: "Remove a tag of a logged model",
    tag,
    auth: "tracking:write",
    params: ModelTagParams,
    response: Nothing,
    handle: async ({ ctx, params }) => {
      await deleteModelTag(ctx, { id: params.model_id, key: params.key });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/{model_id}/params`,
    summary: "Add params to a logged model",
    description: "A param never changes.",
    tag,
    auth: "tracking:write",
    params: ModelIdParams,
    body: z.looseObject({ params: Entries }),
    response: Nothing,
    handle: async ({ ctx, params, body }) => {
      await logModelParams(ctx, { id: params.model_id, params: body.params });
      return {};
    },
  }),
  route({
    method: "get",
    path: `${base}/{model_id}/artifacts/directories`,
    summary: "What lies in a folder of a logged model",
    tag,
    auth: "tracking:read",
    params: ModelIdParams,
    query: z.looseObject({ artifact_directory_path: z.string().nullish() }),
    response: z.object({ root_uri: z.string(), files: z.array(WireFile).optional() }),
    handle: async ({ ctx, params, query }) => {
      const folder = query.artifact_directory_path ?? "";
      const model = await getLoggedModel(ctx, { id: params.model_id });
      const found = await listFolder(ctx, { of: { kind: "model", id: model.id }, folder });
      const files = found.map((entry) => toWireFile(entry, folder));
      return { root_uri: loggedModelArtifactUri(model), ...(files.length > 0 && { files }) };
    },
  }),
];
