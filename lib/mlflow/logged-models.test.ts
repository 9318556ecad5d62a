import { expect } from "vitest";
import { z } from "zod";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { createModel } from "#lib/registry/create-model.ts";
import { createVersion } from "#lib/registry/create-version.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { putFile } from "#lib/tracking/files/put-file.ts";
import { logBatch } from "#lib/tracking/log-batch.ts";
import { createLoggedModel } from "#lib/tracking/logged-models/create-logged-model.ts";
import { deleteLoggedModel } from "#lib/tracking/logged-models/update-logged-model.ts";

const Made = z.object({ model: z.object({ info: z.object({ model_id: z.string() }) }) });

type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Record<string, never> }>;

async function wire(
  runtime: Parameters<typeof openApi>[0],
  ctx: Parameters<typeof makeOwnerlessKey>[1],
): Promise<Call> {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  return async (method, path, body) => {
    const response = await ask(`/api/2.0/mlflow/logged-models${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    return { status: response.status, body: await response.json() };
  };
}

pgTest("a logged model from pending to ready, as the client sends it", async ({ runtime, ctx }) => {
  const call = await wire(runtime, ctx);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "cats" });
  const run = await createRun(ctx, { name: "r", experimentId });
  const made = await call("post", "", {
    experiment_id: experimentId,
    name: "classifier",
    model_type: "agent",
    source_run_id: run.id,
    params: [{ key: "lr", value: "0.1" }],
    tags: [{ key: "a", value: "1" }],
  });
  const { model } = Made.parse(made.body);
  const id = model.info.model_id;
  expect(id).toMatch(/^m-[0-9a-f]{32}$/);
  expect(made.body["model"]).toMatchObject({
    info: {
      experiment_id: experimentId,
      name: "classifier",
      status: "LOGGED_MODEL_PENDING",
      artifact_uri: `mlflow-artifacts:/${experimentId}/models/${id}/artifacts`,
      source_run_id: run.id,
      model_type: "agent",
      tags: [{ key: "a", value: "1" }],
    },
    data: { params: [{ key: "lr", value: "0.1" }] },
  });
  expect(
    (
      await call("patch", `/${id}/tags`, {
        tags: [
          { key: "b.c/d", value: "2" },
          { key: "a", value: "3" },
        ],
      })
    ).status,
  ).toBe(200);
  expect((await call("delete", `/${id}/tags/b.c/d`)).body).toEqual({});
  expect((await call("delete", `/${id}/tags/b.c/d`)).status).toBe(404);
  expect(
    (
      await call("post", `/${id}/params`, {
        params: [
          { key: "lr", value: "0.1" },
          { key: "depth", value: "3" },
        ],
      })
    ).status,
  ).toBe(200);
  const changed = await call("post", `/${id}/params`, { params: [{ key: "lr", value: "1" }] });
  expect([changed.status, changed.body["error_code"]]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  const point = (step: number, value: number) => ({
    key: "acc",
    step,
    at: step,
    value,
    modelId: id,
    datasetName: "eval",
    datasetDigest: "d1",
  });
  for (let time = 0; time < 2; time++)
    await logBatch(ctx, { runId: run.id, metrics: [point(1, 0.5), point(2, Number.NaN)] });
  const finalized = await call("patch", `/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
  const metric = (step: number, value: number | string) => ({
    ...{
      key: "acc",
      timestamp: step,
      step,
      value,
      dataset_name: "eval",
      dataset_digest: "d1",
      model_id: id,
      run_id: run.id,
    },
  });
  expect(finalized.body["model"]).toMatchObject({
    info: { status: "LOGGED_MODEL_READY", tags: [{ key: "a", value: "3" }] },
    data: {
      params: [
        { key: "depth", value: "3" },
        { key: "lr", value: "0.1" },
      ],
      metrics: [metric(1, 0.5), metric(2, "NaN")],
    },
  });
  expect((await call("patch", `/${id}`, { status: "LOGGED_MODEL_UPLOAD_FAILED" })).body["model"]).toMatchObject({
    info: { status: "LOGGED_MODEL_UPLOAD_FAILED" },
  });

  await putFile(ctx, { of: { kind: "model", id }, path: "data/w.bin", source: Buffer.from("12345") });
  const root = (await call("get", `/${id}/artifacts/directories`)).body;
  expect(root).toEqual({
    root_uri: `mlflow-artifacts:/${experimentId}/models/${id}/artifacts`,
    files: [{ path: "data", is_dir: true }],
  });
  const below = (await call("get", `/${id}/artifacts/directories?artifact_directory_path=data`)).body;
  expect(below["files"]).toEqual([{ path: "data/w.bin", is_dir: false, file_size: 5 }]);
  expect((await call("get", `/${id}/artifacts/directories?artifact_directory_path=..%2F..%2Fetc`)).status).toBe(400);

  for (let time = 0; time < 2; time++) expect((await call("delete", `/${id}`)).body).toEqual({});
  const gone = await call("get", `/${id}`);
  expect([gone.status, gone.body["error_code"]]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  expect((await call("get", `/${id}?allow_deleted=true`)).status).toBe(200);
  expect((await call("patch", `/${id}`, { status: "LOGGED_MODEL_READY" })).status).toBe(404);
});

pgTest("a name that is not allowed, an absent run or experiment are told", async ({ runtime, ctx }) => {
  const call = await wire(runtime, ctx);
  const { id: experiment_id } = await ensureExperiment(ctx, { name: "cats" });
  for (const name of ["a/b", "a:b", "a.b", "a%b", "a'b", 'a"b', "x".repeat(501)]) {
    const { status, body } = await call("post", "", { experiment_id, name });
    expect([name, status, body["error_code"]]).toEqual([name, 400, "INVALID_PARAMETER_VALUE"]);
  }
  expect((await call("post", "", { experiment_id: "999999999", name: "x" })).status).toBe(404);
  expect((await call("post", "", { experiment_id, source_run_id: "0".repeat(32) })).status).toBe(404);
  expect((await call("post", "", { experiment_id })).body["model"]).toMatchObject({
    info: { name: expect.stringMatching(/./) },
  });
});

pgTest("a version of a logged model has its run, its files, and the ONNX file that is served", async ({ ctx, db }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "cats" });
  const run = await createRun(ctx, { name: "r", experimentId });
  await logBatch(ctx, { runId: run.id, metrics: [{ key: "acc", step: 0, at: 1, value: 0.9 }] });
  const model = await createLoggedModel(ctx, { experimentId, name: "onnx", runId: run.id });
  await putFile(ctx, { of: { kind: "model", id: model.id }, path: "MLmodel", source: Buffer.from("flavors: {}") });
  await createModel(ctx, { name: "cats" });
  const source = `models:/${model.id}`;
  const plain = await createVersion(ctx, { modelName: "cats", source, loggedModelId: model.id });
  expect(plain).toMatchObject({
    onnxDigest: null,
    sizeBytes: 11,
    runId: run.id,
    loggedModelId: model.id,
    metrics: { acc: 0.9 },
  });
  const onnx = await putFile(ctx, {
    of: { kind: "model", id: model.id },
    path: "model.onnx",
    source: Buffer.from("onnx"),
  });
  const served = await createVersion(ctx, { modelName: "cats", source });
  expect(served).toMatchObject({ version: 2, onnxDigest: onnx.digest, sizeBytes: 4 });
  await deleteLoggedModel(ctx, { id: model.id });
  await expect(createVersion(ctx, { modelName: "cats", source })).rejects.toMatchObject({ code: "model_source" });
  expect(await db.modelVersionFile.count({ where: { versionId: served.id } })).toBe(2);
});

pgTest("nobody says that a worker's run made their model", async ({ ctx, db, make }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "cats" });
  const run = await createRun(ctx, { name: "r", experimentId });
  await db.run.update({ where: { id: run.id }, data: { managed: true } });
  const client = await make.apiKeyCtx({ scopes: ["tracking:read", "tracking:write"] });
  await expect(createLoggedModel(client, { experimentId, name: "mine", runId: run.id })).rejects.toMatchObject({
    code: "run_managed",
  });
  const reader = await make.apiKeyCtx({ scopes: ["tracking:read"] });
  await expect(createLoggedModel(reader, { experimentId, name: "mine" })).rejects.toMatchObject({ kind: "forbidden" });
});
