import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { createModel } from "#lib/registry/create-model.ts";
import { createVersion } from "#lib/registry/create-version.ts";
import { deleteModel, deleteVersion } from "#lib/registry/delete-model.ts";
import { getModel, getRecordedVersion } from "#lib/registry/get-model.ts";
import { hadProduction } from "#lib/registry/get-production-version.ts";
import { listModels } from "#lib/registry/list-models.ts";
import { setProtection } from "#lib/registry/protect-target.ts";
import { renameModel } from "#lib/registry/rename-model.ts";
import { setAlias } from "#lib/registry/set-alias.ts";
import { setRegistryTags } from "#lib/registry/set-registry-tags.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { updateVersion } from "#lib/registry/update-version.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";

async function deploy(ctx: Ctx, modelName: string): Promise<void> {
  const { projectId } = ctx;
  await ctx.db.deployment.create({
    data: { id: newId("dep"), projectId, name: `${modelName}-api`, modelName, access: "key" },
  });
}

/** A version of a file that is not ONNX. */
async function plainVersion(ctx: Ctx, modelName: string) {
  const { id: experimentId } = await ensureExperiment(ctx, { name: modelName });
  const { id } = await createRun(ctx, { name: "r", experimentId });
  await putArtifact(ctx, { runId: id, path: "model/model.pkl", source: Buffer.from(`pickle of ${id}`) });
  return createVersion(ctx, { modelName, source: `runs:/${id}/model` });
}

pgTest("a version without an ONNX file is kept, but never gets where it would have to be served", async ({ ctx }) => {
  await createModel(ctx, { name: "forest" });
  expect(await plainVersion(ctx, "forest")).toMatchObject({ onnxDigest: null });
  await setStage(ctx, { modelName: "forest", version: 1, stage: "Production" });
  await setStage(ctx, { modelName: "forest", version: 1, stage: "Archived" });
  await deploy(ctx, "forest");
  const promotion = setStage(ctx, { modelName: "forest", version: 1, stage: "Production" });
  await expect(promotion).rejects.toMatchObject({ kind: "precondition_failed", code: "no_onnx_file" });
  await setStage(ctx, { modelName: "forest", version: 1, stage: "Staging" });
});

pgTest("what serves is not deleted; what is deleted stays in the record", async ({ ctx, db }) => {
  await makeVersion(ctx);
  await makeVersion(ctx);
  await deploy(ctx, "digits");
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await expect(deleteVersion(ctx, { name: "digits", version: 1 })).rejects.toMatchObject({ code: "version_serves" });
  await expect(deleteModel(ctx, { name: "digits" })).rejects.toMatchObject({ code: "version_serves" });
  await setStage(ctx, { modelName: "digits", version: 2, stage: "Production" });
  await deleteVersion(ctx, { name: "digits", version: 1 });
  expect((await getModel(ctx, { name: "digits" })).versions.map(({ version }) => version)).toEqual([2]);
  expect(await getRecordedVersion(ctx, { name: "digits", version: 1 })).toMatchObject({ version: 1 });
  await setStage(ctx, { modelName: "digits", version: 2, stage: "Archived" });
  await deleteModel(ctx, { name: "digits" });
  expect(await listModels(ctx)).toEqual([]);
  // A new model of the name does not start the quickstart rule again.
  await makeVersion(ctx);
  expect(await hadProduction(ctx, { modelName: "digits" })).toBe(true);
  expect(await hadProduction(ctx, { modelName: "digit" })).toBe(false);
  expect(await db.modelVersion.count({ where: { projectId: ctx.projectId } })).toBe(3);
  expect(await db.modelVersionFile.count({ where: { version: { projectId: ctx.projectId } } })).toBe(3);
});

pgTest("out of Production by deletion is a move on record, and champion goes with it", async ({ ctx, db }) => {
  await makeVersion(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await deleteVersion(ctx, { name: "digits", version: 1 });
  const moves = await db.stageTransition.findMany({
    where: { version: { projectId: ctx.projectId } },
    orderBy: { id: "asc" },
  });
  expect(moves.map(({ fromStage, toStage }) => [fromStage, toStage])).toEqual([
    ["None", "Production"],
    ["Production", "Archived"],
  ]);
  expect((await getModel(ctx, { name: "digits" })).aliases).toEqual({});
});

pgTest("a version with a protected alias or an open request is not deleted", async ({ ctx, db }) => {
  await makeVersion(ctx);
  await makeVersion(ctx);
  await setAlias(ctx, { modelName: "digits", alias: "blue", version: 1 });
  await setProtection(ctx, { modelName: "*", target: "alias:blue", policyId: "pol_1" });
  await expect(deleteVersion(ctx, { name: "digits", version: 1 })).rejects.toMatchObject({ code: "version_protected" });
  const now = new Date();
  await db.approvalRequest.create({
    data: {
      ...{ id: "apr_1", projectId: ctx.projectId, kind: "version.alias", modelName: "digits", modelVersion: 2 },
      ...{ target: "alias:blue", subject: {}, subjectDigest: "", policyId: "pol_1", policySnapshot: {} },
      ...{
        requestedBy: "usr_1",
        requestedVia: "user:usr_1",
        contributors: [],
        reason: "",
        state: "pending",
        expiresAt: now,
      },
    },
  });
  await expect(deleteVersion(ctx, { name: "digits", version: 2 })).rejects.toMatchObject({ code: "approval_open" });
  await db.approvalRequest.update({ where: { id: "apr_1" }, data: { state: "withdrawn" } });
  await deleteVersion(ctx, { name: "digits", version: 2 });
});

pgTest("a name that a deployment or a confined key means is neither left nor taken", async ({ ctx, db }) => {
  for (const name of ["served", "confined", "free"]) await createModel(ctx, { name });
  await deploy(ctx, "served");
  const key = { name: "ci", prefix: "p", scopes: [], models: ["confined", "promised"] };
  await db.apiKey.create({ data: { id: newId("key"), projectId: ctx.projectId, hash: newId("h"), ...key } });
  for (const [name, newName] of [
    ["served", "other"],
    ["confined", "other"],
    ["free", "promised"],
  ] as const) {
    await expect(renameModel(ctx, { name, newName })).rejects.toMatchObject({ code: "model_name_in_use" });
  }
  await expect(renameModel(ctx, { name: "free", newName: "served" })).rejects.toMatchObject({ code: "model_exists" });
  expect(await renameModel(ctx, { name: "free", newName: "other" })).toMatchObject({ name: "other" });
});

pgTest("a confined key neither makes, names, copies nor sees other models", async ({ ctx, make }) => {
  await makeVersion(ctx, "theirs");
  await createModel(ctx, { name: "own" });
  const scopes = ["registry:read", "registry:write", "tracking:read"];
  const { actor } = await make.apiKeyCtx({ scopes });
  if (actor.type !== "apiKey") throw new Error("not a key");
  const confined: Ctx = { ...ctx, actor: { ...actor, models: ["own"] } };
  const refused = { kind: "not_found" };
  await expect(createModel(confined, { name: "new" })).rejects.toMatchObject(refused);
  await expect(renameModel(confined, { name: "own", newName: "new" })).rejects.toMatchObject(refused);
  await expect(createVersion(confined, { modelName: "own", source: "models:/theirs/1" })).rejects.toMatchObject(
    refused,
  );
  await expect(deleteModel(confined, { name: "theirs" })).rejects.toMatchObject(refused);
});

pgTest("a reader changes nothing, and a key that cannot read runs makes no version of one", async ({ ctx, make }) => {
  const { runId } = await makeVersion(ctx);
  const reader = await make.apiKeyCtx({ scopes: ["registry:read", "tracking:read"] });
  for (const write of [
    () => createModel(reader, { name: "x" }),
    () => renameModel(reader, { name: "digits", newName: "x" }),
    () => deleteModel(reader, { name: "digits" }),
    () => deleteVersion(reader, { name: "digits", version: 1 }),
    () => updateVersion(reader, { name: "digits", version: 1, description: "x" }),
    () => setRegistryTags(reader, { name: "digits", tags: { a: "1" } }),
  ]) {
    await expect(write()).rejects.toMatchObject({ kind: "forbidden" });
  }
  const blind = await make.apiKeyCtx({ scopes: ["registry:read", "registry:write"] });
  const source = `runs:/${runId}/model`;
  await expect(createVersion(blind, { modelName: "digits", source })).rejects.toMatchObject({ kind: "forbidden" });
});
