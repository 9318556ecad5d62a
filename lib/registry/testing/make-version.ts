import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";

/** A version of a finished run of its own, made by the context's actor; its file is not a model unless one is given. */
export async function makeVersion(ctx: Ctx, modelName = "digits", onnx?: Uint8Array): Promise<ModelVersion> {
  const experiment = await ensureExperiment(ctx, { name: modelName });
  const { id } = await createRun(ctx, {
    name: `a run of ${actorName(ctx.actor)}`,
    experimentId: experiment.id,
    params: { seed: "42" },
    tags: { dataset: "mnist", "dataset.digest": "d".repeat(64), "dataset.synthetic": "false", engine: "wasm" },
  });
  await putArtifact(ctx, {
    runId: id,
    path: "model/model.onnx",
    source: onnx === undefined ? Buffer.from(`onnx of ${id}`) : Buffer.from(onnx),
  });
  await setRunStatus(ctx, { runId: id, to: "FINISHED" });
  return registerVersion(ctx, { modelName, runId: id });
}
