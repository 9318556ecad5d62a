import { expect } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { setProtection } from "#lib/registry/protect-target.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";

/** The wire as a client of the context's project sees it. */
async function wire(runtime: Runtime, ctx: Ctx) {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  return async (method: string, path: string, message: Record<string, unknown> = {}) => {
    const isQuery = method === "get";
    const query = isQuery ? `?${new URLSearchParams(message as Record<string, string>)}` : "";
    const response = await ask(`/api/2.0/mlflow/${path}${query}`, {
      method,
      headers,
      ...(!isQuery && { body: message }),
    });
    return { status: response.status, body: await response.json() };
  };
}

/** A run with a folder `model` of two files. */
async function runWithModel(ctx: Ctx): Promise<{ id: string; experimentId: string }> {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "wire" });
  const { id } = await createRun(ctx, { name: "a run", experimentId, tags: {} });
  await putArtifact(ctx, { runId: id, path: "model/MLmodel", source: Buffer.from("flavors: {}") });
  await putArtifact(ctx, { runId: id, path: "model/data/model.pkl", source: Buffer.from("pickled") });
  await putArtifact(ctx, { runId: id, path: "models.txt", source: Buffer.from("beside") });
  return { id, experimentId };
}

pgTest("a model from its making to its deletion, as the client sends it", async ({ runtime, ctx, db }) => {
  const call = await wire(runtime, ctx);
  const name = "Ünï 数 .-_ (v2)";
  const made = await call("post", "registered-models/create", {
    name,
    description: "What it is for",
    tags: [{ key: "team", value: "vision" }],
  });
  expect([made.status, made.body.registered_model]).toMatchObject([
    200,
    { name, description: "What it is for", tags: [{ key: "team", value: "vision" }] },
  ]);
  expect(made.body.registered_model.latest_versions).toBeUndefined();
  const again = await call("post", "registered-models/create", { name: name.normalize("NFD") });
  expect([again.status, again.body.error_code]).toEqual([400, "RESOURCE_ALREADY_EXISTS"]);

  const run = await runWithModel(ctx);
  const source = `mlflow-artifacts:/${run.experimentId}/${run.id}/artifacts/model`;
  const first = (await call("post", "model-versions/create", { name, source, run_id: run.id })).body.model_version;
  expect(first).toMatchObject({
    name,
    version: "1",
    status: "READY",
    current_stage: "None",
    description: "",
    run_id: run.id,
    run_link: "",
    source,
  });
  expect(first.aliases).toBeUndefined();
  await call("post", "model-versions/create", { name, source: `runs:/${run.id}/model`, description: "two" });
  await call("post", "model-versions/create", { name, source: `models:/${name}/1` });
  const rows = await db.modelVersionFile.findMany({
    where: { version: { projectId: ctx.projectId } },
    orderBy: [{ versionId: "asc" }, { path: "asc" }],
  });
  expect(rows.map(({ path }) => path)).toEqual(Array(3).fill(["MLmodel", "data/model.pkl"]).flat());

  expect((await call("patch", "model-versions/update", { name, version: "1", description: "words" })).status).toBe(200);
  await call("post", "model-versions/set-tag", { name, version: "1", key: "k", value: "v" });
  await call("post", "registered-models/set-tag", { name, key: "k", value: "v" });
  await call("delete", "registered-models/delete-tag", { name, key: "team" });
  await call("post", "registered-models/alias", { name, alias: "champion", version: "1" });
  await call("post", "model-versions/transition-stage", { name, version: "2", stage: "staging" });
  const got = (await call("get", "registered-models/get", { name })).body.registered_model;
  expect(got).toMatchObject({ tags: [{ key: "k", value: "v" }], aliases: [{ alias: "champion", version: "1" }] });
  expect(
    got.latest_versions.map((one: { version: string; current_stage: string }) => [one.version, one.current_stage]),
  ).toEqual([
    ["2", "Staging"],
    ["3", "None"],
  ]);
  const byAlias = (await call("get", "registered-models/alias", { name, alias: "champion" })).body.model_version;
  expect(byAlias).toMatchObject({ version: "1", description: "words", tags: [{ key: "k", value: "v" }] });

  expect((await call("post", "registered-models/rename", { name, new_name: "renamed" })).status).toBe(200);
  expect((await call("get", "registered-models/get", { name })).body.error_code).toBe("RESOURCE_DOES_NOT_EXIST");
  await call("delete", "model-versions/delete", { name: "renamed", version: "3" });
  expect((await call("post", "model-versions/create", { name: "renamed", source })).body.model_version.version).toBe(
    "4",
  );
  expect((await call("delete", "registered-models/delete", { name: "renamed" })).body).toEqual({});
  const gone = await call("get", "model-versions/get", { name: "renamed", version: "1" });
  expect([gone.status, gone.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  expect((await call("post", "registered-models/create", { name: "renamed" })).status).toBe(200);
  const kept = await db.registeredModel.findMany({ where: { projectId: ctx.projectId, deletedAt: { not: null } } });
  expect(kept.map((model) => model.name)).toEqual([expect.stringMatching(/^renamed~mdl_/)]);
  const actions = (await db.auditEvent.findMany({ where: { chain: `project:${ctx.projectId}` } })).map(
    ({ action }) => action,
  );
  for (const action of [
    "model.create",
    "version.register",
    "version.update",
    "version.set_tag",
    "model.set_tag",
    "model.delete_tag",
    "model.set_alias",
    "version.stage",
    "model.rename",
    "version.delete",
    "model.delete",
  ]) {
    expect(actions).toContain(action);
  }
});

pgTest("files are those of the registration, whatever becomes of the run", async ({ runtime, ctx }) => {
  const call = await wire(runtime, ctx);
  const run = await runWithModel(ctx);
  await call("post", "registered-models/create", { name: "kept" });
  await call("post", "model-versions/create", { name: "kept", source: `runs:/${run.id}/model` });
  await putArtifact(ctx, { runId: run.id, path: "model/MLmodel", source: Buffer.from("other") });
  const { artifact_uri: uri } = (await call("get", "model-versions/get-download-uri", { name: "kept", version: "1" }))
    .body;
  expect(uri).toMatch(/^mlflow-artifacts:\/versions\/mv_[\w-]+\/artifacts$/);
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const path = `${uri.replace("mlflow-artifacts:/", "/api/2.0/mlflow-artifacts/artifacts/")}/MLmodel`;
  expect(await (await ask(path, { headers })).text()).toBe("flavors: {}");
});

pgTest("a source that is not ours is refused, and nothing is left of it", async ({ runtime, ctx, db, make }) => {
  const call = await wire(runtime, ctx);
  await call("post", "registered-models/create", { name: "none" });
  const run = await runWithModel(ctx);
  await db.project.create({ data: { id: "prj_other", name: "other" } });
  const foreign = await runWithModel(await make.ctx({ projectId: "prj_other" }));
  for (const source of [
    "/etc/passwd",
    "file:///etc/passwd",
    "http://169.254.169.254/latest",
    "s3://bucket/model",
    "dbfs:/model",
    `runs:/${foreign.id}/model`,
    `mlflow-artifacts:/${foreign.experimentId}/${foreign.id}/artifacts/model`,
    `mlflow-artifacts:/${run.experimentId}1/${run.id}/artifacts/model`,
    `mlflow-artifacts://elsewhere/${run.experimentId}/${run.id}/artifacts/model`,
    `runs:/${run.id}/model/../../x`,
    `runs:/${run.id}/model%2f..`,
    `runs:/${run.id}/model;x`,
    `runs:/${run.id}/nothing`,
    `models:/m-${"0".repeat(32)}`,
    "models:/none/1",
  ]) {
    const refused = await call("post", "model-versions/create", { name: "none", source });
    expect([source, refused.status, refused.body.error_code]).toEqual([source, 400, "INVALID_PARAMETER_VALUE"]);
  }
  const another = await runWithModel(ctx);
  const lent = await call("post", "model-versions/create", {
    name: "none",
    source: `runs:/${run.id}/model`,
    run_id: another.id,
  });
  expect(lent.status).toBe(400);
  expect(await db.modelVersion.count({ where: { projectId: ctx.projectId } })).toBe(0);
  expect(
    (await call("post", "model-versions/create", { name: "none", source: `runs:/${run.id}/model` })).body,
  ).toMatchObject({
    model_version: { version: "1" },
  });
});

pgTest("what a policy protects is 403 with the way to an approval, and is not deleted", async ({ runtime, ctx }) => {
  const call = await wire(runtime, ctx);
  await makeVersion(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await makeVersion(ctx);
  await setProtection(ctx, { modelName: "digits", target: "stage:Production", policyId: "pol_1" });
  await setProtection(ctx, { modelName: "digits", target: "alias:blue", policyId: "pol_1" });
  for (const [path, message] of [
    ["model-versions/transition-stage", { name: "digits", version: "2", stage: "Production" }],
    ["registered-models/alias", { name: "digits", version: "2", alias: "blue" }],
    ["registered-models/alias", { name: "digits", version: "2", alias: "champion" }],
  ] as const) {
    const { status, body } = await call("post", path, message);
    expect([status, body.error_code]).toEqual([403, "PERMISSION_DENIED"]);
    expect(body.message).toMatch(/\/approvals\/new\?model=digits&version=2/);
  }
  for (const [path, message] of [
    ["model-versions/delete", { name: "digits", version: "1" }],
    ["registered-models/delete", { name: "digits" }],
  ] as const) {
    expect(await call("delete", path, message)).toMatchObject({
      status: 409,
      body: { error_code: "RESOURCE_CONFLICT" },
    });
  }
  // Under another name it would be out of the policy's reach; and nothing slips under a name that a policy means.
  expect((await call("post", "registered-models/rename", { name: "digits", new_name: "free" })).status).toBe(409);
  await makeVersion(ctx, "smuggled");
  await setStage(ctx, { modelName: "smuggled", version: 1, stage: "Production" });
  await setProtection(ctx, { modelName: "promised", target: "stage:Production", policyId: "pol_1" });
  const slipped = await call("post", "registered-models/rename", { name: "smuggled", new_name: "promised" });
  expect([slipped.status, slipped.body.message]).toEqual([
    409,
    expect.stringContaining("a policy for stage:Production"),
  ]);
  expect((await call("delete", "model-versions/delete", { name: "digits", version: "2" })).status).toBe(200);
});

pgTest("names, versions, stages and aliases that are none are told as such", async ({ runtime, ctx }) => {
  const call = await wire(runtime, ctx);
  await makeVersion(ctx);
  for (const name of ["", "a/b", "a:b", "..", "*", "a~b", " a", "a\u0000b", "x".repeat(256)]) {
    const { status, body } = await call("post", "registered-models/create", { name });
    expect([name, status, body.error_code]).toEqual([name, 400, "INVALID_PARAMETER_VALUE"]);
  }
  for (const alias of ["latest", "LATEST", "v1", "a b", "a/b", "", "x".repeat(256)]) {
    const { status, body } = await call("post", "registered-models/alias", { name: "digits", alias, version: "1" });
    expect([alias, status, body.error_code]).toEqual([alias, 400, "INVALID_PARAMETER_VALUE"]);
  }
  const version = await call("get", "model-versions/get", { name: "digits", version: "one" });
  expect([version.status, version.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  const stage = await call("post", "model-versions/transition-stage", {
    name: "digits",
    version: "1",
    stage: "Heaven",
  });
  expect([stage.status, stage.body.message]).toEqual([
    400,
    expect.stringContaining("Invalid Model Version stage: Heaven"),
  ]);
  const missing = await call("post", "model-versions/create", { name: "digits" });
  expect([missing.status, missing.body.message]).toEqual([
    400,
    expect.stringContaining("Missing value for required parameter 'source'"),
  ]);
  const alias = await call("get", "registered-models/alias", { name: "digits", alias: "nobody" });
  expect([alias.status, alias.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  expect((await call("delete", "registered-models/alias", { name: "digits", alias: "nobody" })).status).toBe(200);
});

pgTest("a version goes from any stage to any other, each step on record", async ({ runtime, ctx, db }) => {
  const call = await wire(runtime, ctx);
  for (let count = 0; count < 3; count++) await makeVersion(ctx);
  const move = async (version: string, stage: string, archive = false) =>
    (
      await call("post", "model-versions/transition-stage", {
        name: "digits",
        version,
        stage,
        archive_existing_versions: archive,
      })
    ).body.model_version?.current_stage;
  expect(await move("1", "Production")).toBe("Production");
  expect(await move("1", "Staging")).toBe("Staging");
  expect(
    await db.stageTransition.count({ where: { toStage: "Archived", version: { projectId: ctx.projectId } } }),
  ).toBe(1);
  expect(await move("2", "Staging")).toBe("Staging");
  expect(await move("3", "Staging", true)).toBe("Staging");
  const latest = await call("post", "registered-models/get-latest-versions", { name: "digits", stages: ["archived"] });
  expect(latest.body.model_versions).toMatchObject([{ version: "2", current_stage: "Archived" }]);
  const refused = await call("post", "model-versions/transition-stage", {
    name: "digits",
    version: "3",
    stage: "Archived",
    archive_existing_versions: true,
  });
  expect(refused.status).toBe(400);
});
