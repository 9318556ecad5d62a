import { expect } from "vitest";
import { createVersion } from "#lib/registry/create-version.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import { digitOnnx } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";
import { MLMODEL_PATH, mlmodelOf } from "#lib/training/mlmodel.ts";

pgTest("a version of a trained run has what MLflow's clients load it by, at its root", async ({ ctx, db }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "digits" });
  const { id: runId } = await createRun(ctx, { name: "r", experimentId });
  const onnx = Buffer.from(digitOnnx(1));
  const text = mlmodelOf({ id: runId, at: new Date(0) });
  await putArtifact(ctx, { runId, path: "model/model.onnx", source: onnx });
  await putArtifact(ctx, { runId, path: MLMODEL_PATH, source: Buffer.from(text) });
  await setRunStatus(ctx, { runId, to: "FINISHED" });
  const version = await registerVersion(ctx, { modelName: "digits", runId });
  const copy = await createVersion(ctx, { modelName: "digits", source: "models:/digits/1" });
  for (const { id, onnxDigest } of [version, copy]) {
    const files = await db.modelVersionFile.findMany({ where: { versionId: id }, orderBy: { path: "asc" } });
    expect(files.map(({ path }) => path)).toEqual(["MLmodel", "model.onnx"]);
    expect(onnxDigest).toBe(files[1]?.digest);
  }

  const { flavors, signature, utc_time_created } = JSON.parse(text);
  expect(flavors).toMatchObject({ onnx: { data: "model.onnx" }, python_function: { loader_module: "mlflow.onnx" } });
  for (const tensors of [signature.inputs, signature.outputs]) {
    const [{ name }] = JSON.parse(tensors);
    expect(onnx.includes(name)).toBe(true);
  }
  expect(utc_time_created).toBe("1970-01-01 00:00:00.000");
});
