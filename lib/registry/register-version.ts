import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError, PreconditionFailedError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { emit } from "#lib/platform/outbox.ts";
import { lineageOf } from "#lib/registry/lineage-of.ts";
import { parseModelName } from "#lib/registry/model-name.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { copyFiles } from "#lib/registry/store/copy-files.ts";
import { insertVersion, lockModel, selectVersion } from "#lib/registry/store.ts";
import { getRun } from "#lib/tracking/index.ts";

const FOLDER = "model";
/** The artifact that a version is. */
const MODEL_ARTIFACT = `${FOLDER}/model.onnx`;

/**
 * Makes a run's folder `model` the next version of `modelName`, with its lineage; the model is made if it is new. Its row is
 * locked, so that two registrations get two numbers. A run that is a version of this model already gives that one back.
 *
 * @throws InvalidError            the name is not allowed
 * @throws NotFoundError           no such run in the project
 * @throws PreconditionFailedError the run is not FINISHED, is deleted, or has no `model/model.onnx`
 */
export async function registerVersion(ctx: Ctx, input: { modelName: string; runId: string }): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  const modelName = parseModelName(input.modelName);
  requireModel(ctx, modelName);
  return withTransaction(ctx, async (tx) => {
    const run = await getRun(tx, { id: input.runId });
    const model = run.artifacts.find((artifact) => artifact.path === MODEL_ARTIFACT);
    if (run.status !== "FINISHED" || run.lifecycleStage === "deleted" || model === undefined) {
      const lack = model === undefined ? `no ${MODEL_ARTIFACT}` : `status ${run.status}, ${run.lifecycleStage}`;
      throw new PreconditionFailedError(`Run ${run.id} cannot be registered: ${lack}.`, {
        code: "run_not_registrable",
      });
    }
    const modelId = await lockModel(tx, modelName, { make: newId("mdl") });
    if (modelId === null) {
      throw new NotFoundError(`Model ${modelName}`);
    }
    const existing = await selectVersion(tx, modelName, { runId: run.id });
    if (existing !== null) {
      return existing;
    }
    const metrics = Object.entries(run.metrics).flatMap(([key, { value }]) =>
      typeof value === "number" ? [[key, value] as const] : [],
    );
    const id = newId("mv");
    const version = await insertVersion(tx, modelId, {
      id,
      runId: run.id,
      loggedModelId: null,
      source: `runs:/${run.id}/${FOLDER}`,
      description: "",
      onnxDigest: model.digest,
      sizeBytes: model.sizeBytes,
      metrics: Object.fromEntries(metrics),
      lineage: lineageOf(run),
      createdBy: actorName(tx.actor),
    });
    await copyFiles(tx, { table: "artifact", id: run.id }, FOLDER, id);
    audit(tx, {
      action: "version.register",
      subject: `version:${modelName}/${version}`,
      detail: { runId: run.id, onnxDigest: model.digest, testAccuracy: run.metrics["test_accuracy"]?.value },
    });
    await emit(tx, "version.registered", { projectId: tx.projectId, modelName, version, runId: run.id });
    const registered = await selectVersion(tx, modelName, { version });
    if (registered === null) {
      throw new NotFoundError(`Version ${version} of ${modelName}`);
    }
    return registered;
  });
}
