import { z } from "zod";
import {
  toWireModel,
  toWireVersion,
  WireModelName,
  WireModelVersion,
  WireRegisteredModel,
  WireStage,
  WireVersionNumber,
} from "#lib/mlflow/wire/registered.ts";
import { Entries, Nothing, requiredText, toRecord } from "#lib/mlflow/wire/values.ts";
import { type Route, type RouteInput, route } from "#lib/platform/http/route.ts";
import { createModel } from "#lib/registry/create-model.ts";
import { deleteModel } from "#lib/registry/delete-model.ts";
import { getLatestVersions, getVersionByAlias } from "#lib/registry/get-latest-versions.ts";
import { renameModel } from "#lib/registry/rename-model.ts";
import { AliasName } from "#lib/registry/schemas.ts";
import { deleteAlias, setAlias } from "#lib/registry/set-alias.ts";
import { deleteRegistryTag, setRegistryTags } from "#lib/registry/set-registry-tags.ts";
import { updateModel } from "#lib/registry/update-model.ts";

const tag = "MLflow: registered models";
const base = "/api/2.0/mlflow/registered-models";

const ByName = z.looseObject({ name: WireModelName });
const Alias = requiredText("alias").pipe(AliasName);
const Reply = z.object({ registered_model: WireRegisteredModel });
const VersionReply = z.object({ model_version: WireModelVersion });
const VersionsReply = z.object({ model_versions: z.array(WireModelVersion).optional() });

export const registeredModelRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/create`,
    summary: "Make a registered model",
    tag,
    auth: "registry:write",
    body: ByName.extend({ description: z.string().max(5_000).nullish(), tags: Entries }),
    response: Reply,
    handle: async ({ ctx, body }) => {
      const { name, description } = body;
      const model = await createModel(ctx, { name, description: description ?? "", tags: toRecord(body.tags) });
      return { registered_model: toWireModel(model, []) };
    },
  }),
  route({
    method: "get",
    path: `${base}/get`,
    summary: "A registered model with its latest versions",
    tag,
    auth: "registry:read",
    query: ByName,
    response: Reply,
    handle: async ({ ctx, query }) => {
      const { model, versions } = await getLatestVersions(ctx, { name: query.name });
      return { registered_model: toWireModel(model, versions) };
    },
  }),
  route({
    method: "patch",
    path: `${base}/update`,
    summary: "Describe a registered model",
    tag,
    auth: "registry:write",
    body: ByName.extend({ description: z.string().max(5_000).nullish() }),
    response: Reply,
    handle: async ({ ctx, body }) => ({
      registered_model: toWireModel(
        await updateModel(ctx, { name: body.name, description: body.description ?? "" }),
        (await getLatestVersions(ctx, { name: body.name })).versions,
      ),
    }),
  }),
  route({
    method: "post",
    path: `${base}/rename`,
    summary: "Rename a registered model",
    description: "Refused while a policy, a deployment, a confined key or an open request means one of the names.",
    tag,
    auth: "registry:write",
    body: ByName.extend({ new_name: requiredText("new_name") }),
    response: Reply,
    handle: async ({ ctx, body }) => {
      const { name } = await renameModel(ctx, { name: body.name, newName: body.new_name });
      const { model, versions } = await getLatestVersions(ctx, { name });
      return { registered_model: toWireModel(model, versions) };
    },
  }),
  route({
    method: "delete",
    path: `${base}/delete`,
    summary: "Delete a registered model with its versions",
    description: "Refused while one of them serves, or is where a policy put it.",
    tag,
    auth: "registry:write",
    body: ByName,
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteModel(ctx, { name: body.name });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/get-latest-versions`,
    summary: "The latest version of each stage",
    tag,
    auth: "registry:read",
    body: ByName.extend({ stages: z.array(WireStage).nullish() }),
    response: VersionsReply,
    handle: ({ ctx, body }) => latestVersions(ctx, body),
  }),
  route({
    method: "get",
    path: `${base}/get-latest-versions`,
    summary: "The latest version of each stage",
    tag,
    auth: "registry:read",
    query: ByName.extend({
      stages: z
        .union([z.array(z.string()), z.string().transform((one) => [one])])
        .pipe(z.array(WireStage))
        .optional(),
    }),
    response: VersionsReply,
    handle: ({ ctx, query }) => latestVersions(ctx, query),
  }),
  route({
    method: "post",
    path: `${base}/set-tag`,
    summary: "Set a tag of a registered model",
    tag,
    auth: "registry:write",
    body: ByName.extend({ key: requiredText("key"), value: z.string().default("") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await setRegistryTags(ctx, { name: body.name, tags: { [body.key]: body.value } });
      return {};
    },
  }),
  route({
    method: "delete",
    path: `${base}/delete-tag`,
    summary: "Remove a tag of a registered model",
    tag,
    auth: "registry:write",
    body: ByName.extend({ key: requiredText("key") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteRegistryTag(ctx, { name: body.name, key: body.key });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/alias`,
    summary: "Let an alias name a version",
    description: "One that a policy protects: 403 PERMISSION_DENIED, with the way to ask for approval.",
    tag,
    auth: "registry:write",
    body: ByName.extend({ alias: Alias, version: WireVersionNumber }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await setAlias(ctx, { modelName: body.name, alias: body.alias, version: body.version });
      return {};
    },
  }),
  route({
    method: "get",
    path: `${base}/alias`,
    summary: "The version that an alias names",
    tag,
    auth: "registry:read",
    query: ByName.extend({ alias: requiredText("alias") }),
    response: VersionReply,
    handle: async ({ ctx, query }) => ({
      model_version: toWireVersion(await getVersionByAlias(ctx, { name: query.name, alias: query.alias })),
    }),
  }),
  route({
    method: "delete",
    path: `${base}/alias`,
    summary: "Take an alias away",
    description: "One that is not there is gone already.",
    tag,
    auth: "registry:write",
    body: ByName.extend({ alias: requiredText("alias") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteAlias(ctx, { modelName: body.name, alias: body.alias, ifThere: true });
      return {};
    },
  }),
];

async function latestVersions(
  ctx: RouteInput<unknown, unknown, unknown>["ctx"],
  { name, stages }: { name: string; stages?: z.infer<typeof WireStage>[] | null | undefined },
): Promise<z.infer<typeof VersionsReply>> {
  const { versions } = await getLatestVersions(ctx, { name, stages: stages ?? [] });
  return versions.length === 0 ? {} : { model_versions: versions.map(toWireVersion) };
}
