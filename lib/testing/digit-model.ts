import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { notify } from "#lib/platform/notify.ts";

/** A real ONNX file of the baseline network with the start weights of `seed`: untrained, but every seed answers differently. */
export function digitOnnx(seed: number): Uint8Array {
  const network = planNetwork(ARCHITECTURES.baseline);
  return exportOnnx(network, initWeights(network, seed));
}

/** Puts a version with this model into Production of `digits` in the context's project, with a default deployment. */
export async function putIntoProduction(ctx: Ctx, version: number, onnx: Uint8Array): Promise<void> {
  const { db, projectId } = ctx;
  await db.deployment.upsert({
    where: { projectId_name: { projectId, name: "digits" } },
    create: { id: newId("dep"), projectId, name: "digits", modelName: "digits", access: "public", isDefault: true },
    update: {},
  });
  // In one transaction: nobody sees a moment without Production.
  await withTransaction(ctx, async (tx) => {
    await tx.db.modelVersion.updateMany({
      where: { projectId, model: { name: "digits" }, stage: "Production" },
      data: { stage: "Archived" },
    });
    await addVersion(tx, version, onnx, "Production");
    await notify(tx.db, "assay_model", "digits");
  });
}

/** Adds a version with this model to `digits` in the context's project. */
export async function addVersion(ctx: Ctx, version: number, onnx: Uint8Array, stage = "None"): Promise<void> {
  const { db, projectId } = ctx;
  const { digest, sizeBytes } = await ctx.blobs.put(onnx);
  const model = await db.registeredModel.upsert({
    where: { projectId_name: { projectId, name: "digits" } },
    create: { id: newId("rm"), projectId, name: "digits" },
    update: {},
  });
  await db.modelVersion.create({
    data: {
      ...{ id: newId("mv"), projectId, modelId: model.id, version, stage, onnxDigest: digest, sizeBytes },
      ...{ metrics: {}, lineage: EMPTY_LINEAGE, createdBy: "system:test" },
    },
  });
}

const EMPTY_LINEAGE = {
  datasetName: null,
  datasetVersion: null,
  datasetDigest: null,
  synthetic: null,
  codeRevision: null,
  seed: null,
  engine: null,
  strategy: null,
  params: {},
};
