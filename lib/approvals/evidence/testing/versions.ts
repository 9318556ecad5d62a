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

/** For tests: a version of `digits` with this file, as if a run on the dataset had been registered. */
export async function seedVersion(
  ctx: Ctx,
  onnx: Uint8Array,
  given: { dataset: DatasetVersion | null; stage?: string; params?: Record<string, string> },
): Promise<{ version: number; id: string }> {
  const { db, projectId } = ctx;
  const { digest, sizeBytes } = await ctx.blobs.put(onnx);
  const model = await db.registeredModel.upsert({
    where: { projectId_name: { projectId, name: "digits" } },
    create: { id: newId("mdl"), projectId, name: "digits" },
    update: { lastVersion: { increment: 1 } },
  });
  const version = (await db.modelVersion.count({ where: { modelId: model.id } })) + 1;
  const id = newId("mv");
  await db.modelVersion.create({
    data: {
      id,
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
  return { version, id };
}

/** For tests: a pending request for Production, as if somebody had asked. */
export async function seedRequest(ctx: Ctx, given: { version: number; replaces: number | null }): Promise<string> {
  const { db, projectId } = ctx;
  const id = newId("apr");
  await db.approvalRequest.create({
    data: {
      id,
      projectId,
      kind: "version.stage",
      modelName: "digits",
      modelVersion: given.version,
      target: "stage:Production",
      subject: { replaces: given.replaces },
      subjectDigest: "5".repeat(64),
      policyId: "pol_test",
      policySnapshot: {},
      requestedBy: "usr_asks",
      requestedVia: "user:usr_asks",
      contributors: ["usr_trains", "usr_asks"],
      reason: "better",
      state: "pending",
      expiresAt: new Date(Date.now() + 7 * 86_400_000),
    },
  });
  return id;
}
