import { digestOf, type RawDataset } from "#lib/datasets/dataset-content.ts";
import { drawSynthetic } from "#lib/datasets/draw-synthetic.ts";
import { findDatasetVersion } from "#lib/datasets/index.ts";
import { recordDataset } from "#lib/datasets/record-dataset.ts";
import type { DatasetVersion } from "#lib/datasets/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";

/** For tests: a drawn dataset in the project, changed as told before it is recorded. */
export async function seedDataset(
  ctx: Ctx,
  counts: { train: number; test: number },
  change: (data: RawDataset) => void = () => undefined,
): Promise<DatasetVersion> {
  const data = await drawSynthetic(counts, () => undefined);
  change(data);
  await recordDataset(ctx, "synthetic-digits", data);
  const version = await findDatasetVersion(ctx, { digest: digestOf(data) });
  if (version === null) throw new Error("the dataset was not recorded");
  return version;
}

/** For tests: the next version of `digits`, with this file, as if a run on the dataset had been registered. */
export async function seedVersion(
  ctx: Ctx,
  onnx: Uint8Array,
  given: { dataset: DatasetVersion | null; stage?: string; params?: Record<string, string> },
): Promise<number> {
  const { db, projectId } = ctx;
  const { digest, sizeBytes } = await ctx.blobs.put(onnx);
  const model = await db.registeredModel.upsert({
    where: { projectId_name: { projectId, name: "digits" } },
    create: { id: newId("mdl"), projectId, name: "digits" },
    update: { lastVersion: { increment: 1 } },
  });
  const version = (await db.modelVersion.count({ where: { modelId: model.id } })) + 1;
  await db.modelVersion.create({
    data: {
      id: newId("mv"),
      projectId,
      modelId: model.id,
      version,
      stage: given.stage ?? "None",
      onnxDigest: digest,
      sizeBytes,
      metrics: {},
      lineage: {
        datasetName: given.dataset?.datasetName ?? null,
        datasetVersion: given.dataset?.version ?? null,
        datasetDigest: given.dataset?.digest ?? null,
        synthetic: given.dataset?.synthetic ?? null,
        codeRevision: "c".repeat(40),
        seed: 42,
        engine: "wasm",
        strategy: null,
        params: given.params ?? { epochs: "5", seed: "42" },
      },
      createdBy: "system:test",
    },
  });
  return version;
}
