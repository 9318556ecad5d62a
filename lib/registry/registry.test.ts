import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getHistory, getModel, getVersion } from "#lib/registry/get-model.ts";
import { getProductionVersion, hadProduction } from "#lib/registry/get-production-version.ts";
import { listModels } from "#lib/registry/list-models.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { canStageBecome, STAGES } from "#lib/registry/status.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";

async function finishedRun(ctx: Ctx, accuracy = 0.98): Promise<string> {
  const experiment = await ensureExperiment(ctx, { name: "digits" });
  const { id } = await createRun(ctx, {
    name: "run",
    experimentId: experiment.id,
    params: { seed: "42", epochs: "5" },
    tags: { dataset: "mnist", "dataset.digest": "d".repeat(64), "dataset.synthetic": "false", engine: "wasm" },
  });
  await logMetrics(ctx, { runId: id, points: [{ key: "test_accuracy", step: 5, at: 1, value: accuracy }] });
  await putArtifact(ctx, { runId: id, path: "model/model.onnx", source: Buffer.from(`onnx of ${id}`) });
  await setRunStatus(ctx, { runId: id, to: "FINISHED" });
  return id;
}

pgTest("a version carries its run's model, metrics and lineage", async ({ ctx, db }) => {
  const runId = await finishedRun(ctx);
  const version = await registerVersion(ctx, { modelName: "digits", runId });
  expect(version).toMatchObject({
    version: 1,
    stage: "None",
    runId,
    metrics: { test_accuracy: 0.98 },
    lineage: { datasetName: "mnist", synthetic: false, seed: 42, engine: "wasm", codeRevision: null },
  });
  expect((await ctx.blobs.get(version.onnxDigest ?? "")).toString()).toBe(`onnx of ${runId}`);
  expect(await db.auditEvent.count({ where: { action: "version.register", chain: `project:${ctx.projectId}` } })).toBe(
    1,
  );
  expect((await registerVersion(ctx, { modelName: "digits", runId })).version).toBe(1);
});

pgTest("registrations at the same moment get numbers without gaps", async ({ ctx }) => {
  const runs = await Promise.all(Array.from({ length: 6 }, () => finishedRun(ctx)));
  const versions = await Promise.all(runs.map((runId) => registerVersion(ctx, { modelName: "digits", runId })));
  expect(versions.map((version) => version.version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

pgTest("a run without a model, or not finished, is refused", async ({ ctx }) => {
  const experiment = await ensureExperiment(ctx, { name: "digits" });
  const { id } = await createRun(ctx, { name: "bare", experimentId: experiment.id });
  await expect(registerVersion(ctx, { modelName: "digits", runId: id })).rejects.toMatchObject({
    code: "run_not_registrable",
  });
  await expect(registerVersion(ctx, { modelName: "../x", runId: id })).rejects.toMatchObject({ kind: "invalid" });
});

pgTest("promotion replaces the holder, moves the alias, and is on record", async ({ ctx, db }) => {
  for (const accuracy of [0.97, 0.98]) {
    await registerVersion(ctx, { modelName: "digits", runId: await finishedRun(ctx, accuracy) });
  }
  expect(await hadProduction(ctx, { modelName: "digits" })).toBe(false);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production", reason: "first" });
  const promoted = await setStage(ctx, { modelName: "digits", version: 2, stage: "Production", reason: "better" });

  expect(promoted).toMatchObject({ version: 2, stage: "Production", aliases: ["champion"] });
  const model = await getModel(ctx, { name: "digits" });
  expect(model.versions.map(({ version, stage, aliases }) => ({ version, stage, aliases }))).toEqual([
    { version: 2, stage: "Production", aliases: ["champion"] },
    { version: 1, stage: "Archived", aliases: [] },
  ]);
  expect(await getProductionVersion(ctx, { modelName: "digits" })).toMatchObject({ version: 2 });
  expect(await listModels(ctx)).toMatchObject([{ productionVersion: 2, productionAccuracy: 0.98, versionCount: 2 }]);
  expect((await getHistory(ctx, { name: "digits" })).map(({ version, from, to }) => [version, from, to])).toEqual([
    [2, "None", "Production"],
    [1, "Production", "Archived"],
    [1, "None", "Production"],
  ]);
  const records = await db.auditEvent.findMany({
    where: { chain: `project:${ctx.projectId}`, action: { in: ["version.promote", "version.stage"] } },
  });
  expect(records).toHaveLength(3);

  await setStage(ctx, { modelName: "digits", version: 2, stage: "Archived" });
  expect(await getProductionVersion(ctx, { modelName: "digits" })).toBeNull();
  expect((await getVersion(ctx, { name: "digits", version: 2 })).aliases).toEqual([]);
  expect(await hadProduction(ctx, { modelName: "digits" })).toBe(true);
});

pgTest("of many promotions at the same moment one version holds Production", async ({ ctx, db }) => {
  const versions: number[] = [];
  for (let index = 0; index < 4; index++) {
    versions.push((await registerVersion(ctx, { modelName: "digits", runId: await finishedRun(ctx) })).version);
  }
  await Promise.all(versions.map((version) => setStage(ctx, { modelName: "digits", version, stage: "Production" })));
  const model = await getModel(ctx, { name: "digits" });
  expect(model.versions.filter(({ stage }) => stage === "Production")).toHaveLength(1);
  expect(model.versions.filter(({ stage }) => stage === "Archived")).toHaveLength(3);
  expect(model.aliases["champion"]).toBe(model.productionVersion);
  const promotions = { action: "version.promote", chain: `project:${ctx.projectId}` };
  expect(await db.auditEvent.count({ where: promotions })).toBe(4);
});

pgTest("promotion is heard by those who serve", async ({ ctx, runtime }) => {
  const heard: string[] = [];
  const stop = await runtime.notify.listen("assay_model", (payload) => void heard.push(payload));
  await registerVersion(ctx, { modelName: "heard", runId: await finishedRun(ctx) });
  await setStage(ctx, { modelName: "heard", version: 1, stage: "Production" });
  await expect.poll(() => heard).toContain("heard");
  stop();
});

pgTest("the stages follow their table", async ({ ctx }) => {
  await registerVersion(ctx, { modelName: "digits", runId: await finishedRun(ctx) });
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await expect(setStage(ctx, { modelName: "digits", version: 1, stage: "Staging" })).rejects.toMatchObject({
    code: "stage_conflict",
  });
  await expect(setStage(ctx, { modelName: "digits", version: 9, stage: "Staging" })).rejects.toMatchObject({
    kind: "not_found",
  });
  for (const stage of STAGES) expect(canStageBecome(stage, stage)).toBe(false);
});

pgTest("rejects a read-only actor, and one without the scope to read", async ({ ctx, make }) => {
  const runId = await finishedRun(ctx);
  const reader = await make.apiKeyCtx({ scopes: ["registry:read", "tracking:read"] });
  await expect(registerVersion(reader, { modelName: "digits", runId })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(setStage(reader, { modelName: "digits", version: 1, stage: "Production" })).rejects.toMatchObject({
    kind: "forbidden",
  });
  const nobody = await make.apiKeyCtx({ scopes: [] });
  for (const read of [
    () => listModels(nobody),
    () => getModel(nobody, { name: "digits" }),
    () => getVersion(nobody, { name: "digits", version: 1 }),
    () => getHistory(nobody, { name: "digits" }),
  ]) {
    await expect(read()).rejects.toMatchObject({ kind: "forbidden" });
  }
});
