import type { TrainingDrift } from "#lib/approvals/evidence/schemas.ts";
import { type TrainingImages, trainingDrift } from "#lib/approvals/evidence/training-drift.ts";
import { findDatasetVersion, readDatasetPart } from "#lib/datasets/index.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";

/** The drift between what two versions were trained on, or why it cannot be told. */
export async function findDrift(
  ctx: Ctx,
  candidate: ModelVersion,
  champion: ModelVersion,
): Promise<{ drift: TrainingDrift | null; driftMissing: string | null }> {
  const ours = await trainingImagesOf(ctx, candidate);
  if (typeof ours === "string") return { drift: null, driftMissing: ours };
  if (candidate.lineage.datasetDigest === champion.lineage.datasetDigest) {
    return { drift: await trainingDrift(ours, ours), driftMissing: null };
  }
  const theirs = await trainingImagesOf(ctx, champion);
  if (typeof theirs === "string") return { drift: null, driftMissing: theirs };
  return { drift: await trainingDrift(ours, theirs), driftMissing: null };
}

async function trainingImagesOf(ctx: Ctx, version: ModelVersion): Promise<TrainingImages | string> {
  const digest = version.lineage.datasetDigest;
  if (digest === null) return `Version ${version.version} does not say what it was trained on.`;
  const dataset = await findDatasetVersion(ctx, { digest });
  if (dataset === null) return `What version ${version.version} was trained on is not in this project any more.`;
  const { images } = await readDatasetPart(ctx, { versionId: dataset.id, part: "train" });
  return { images, classCounts: dataset.classCounts.train };
}
