import { z } from "zod";
import {
  toWireVersion,
  versionArtifactUri,
  WireModelName,
  WireModelVersion,
  WireStage,
  WireVersionNumber,
} from "#lib/mlflow/wire/registered.ts";
import { Entries, Nothing, requiredText, toRecord } from "#lib/mlflow/wire/values.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { createVersion } from "#lib/registry/create-version.ts";
import { deleteVersion } from "#lib/registry/delete-model.ts";
import { getVersion } from "#lib/registry/get-model.ts";
import { deleteRegistryTag, setRegistryTags } from "#lib/registry/set-registry-tags.ts";
import { transitionVersion } from "#lib/registry/transition-version.ts";
import { updateVersion } from "#lib/registry/update-version.ts";

const tag = "MLflow: model versions";
const base = "/api/2.0/mlflow/model-versions";

const ByNumber = z.looseObject({ name: WireModelName, version: WireVersionNumber });
const Reply = z.object({ model_version: WireModelVersion });

export const modelVersionRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/create`,
    summary: "Make a version from files that are here",
    description:
      "`source` is `models:/<model id>`, `models:/<name>/<version>`, `runs:/<run id>/<path>`, or an `mlflow-artifacts:` URI that this server gave. The files are kept as they are now. With one ONNX file among them the version can be served.",
    tag,
    auth: "registry:write",
    body: z.looseObject({
      name: WireModelName,
      source: requiredText("source"),
      run_id: z.string().nullish(),
      model_id: z.string().nullish(),
      description: z.string().max(5_000).nullish(),
      tags: Entries,
    }),
    response: Reply,
    handle: async ({ ctx, body }) => ({
      model_version: toWireVersion(
        await createVersion(ctx, {
          modelName: body.name,
          source: body.source,
          runId: body.run_id || undefined,
          loggedModelId: body.model_id || undefined,
          description: body.description ?? "",
          tags: toRecord(body.tags),
        }),
      ),
    }),
  }),
  route({
    method: "get",
    path: `${base}/get`,
    summary: "A model version",
    tag,
    auth: "registry:read",
    query: ByNumber,
    response: Reply,
    handle: async ({ ctx, query }) => ({ model_version: toWireVersion(await getVersion(ctx, query)) }),
  }),
  route({
    method: "patch",
    path: `${base}/update`,
    summary: "Describe a model version",
    tag,
    auth: "registry:write",
    body: ByNumber.extend({ description: z.string().max(5_000).nullish() }),
    response: Reply,
    handle: async ({ ctx, body }) => {
      const { name, version, description } = body;
      return {
        model_version: toWireVersion(await updateVersion(ctx, { name, version, description: description ?? "" })),
      };
    },
  }),
  route({
    method: "delete",
    path: `${base}/delete`,
    summary: "Delete a model version",
    description: "Refused while it serves, or is where a policy put it. Its number is not given again.",
    tag,
    auth: "registry:write",
    body: ByNumber,
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteVersion(ctx, { name: body.name, version: body.version });
      return {};
    },
  }),
  route({
    method: "get",
    path: `${base}/get-download-uri`,
    summary: "Where a version's files are read",
    tag,
    auth: "registry:read",
    query: ByNumber,
    response: z.object({ artifact_uri: z.string() }),
    handle: async ({ ctx, query }) => ({ artifact_uri: versionArtifactUri(await getVersion(ctx, query)) }),
  }),
  route({
    method: "post",
    path: `${base}/transition-stage`,
    summary: "Move a version to a stage",
    description:
      "Into Production it always replaces the version that is there. A stage that a policy protects: 403 PERMISSION_DENIED, with the way to ask for approval.",
    tag,
    auth: "registry:write",
    body: ByNumber.extend({ stage: WireStage, archive_existing_versions: z.boolean().nullish() }),
    response: Reply,
    handle: async ({ ctx, body }) => ({
      model_version: toWireVersion(
        await transitionVersion(ctx, {
          modelName: body.name,
          version: body.version,
          stage: body.stage,
          archiveOthers: body.archive_existing_versions ?? false,
        }),
      ),
    }),
  }),
  route({
    method: "post",
    path: `${base}/set-tag`,
    summary: "Set a tag of a model version",
    tag,
    auth: "registry:write",
    body: ByNumber.extend({ key: requiredText("key"), value: z.string().default("") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      const { name, version, key, value } = body;
      await setRegistryTags(ctx, { name, version, tags: { [key]: value } });
      return {};
    },
  }),
  route({
    method: "delete",
    path: `${base}/delete-tag`,
    summary: "Remove a tag of a model version",
    tag,
    auth: "registry:write",
    body: ByNumber.extend({ key: requiredText("key") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteRegistryTag(ctx, { name: body.name, version: body.version, key: body.key });
      return {};
    },
  }),
];
