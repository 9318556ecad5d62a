import type { Answers, TestImages } from "#lib/approvals/evidence/compare-answers.ts";
import type { EvidenceSide } from "#lib/approvals/evidence/schemas.ts";
import { findDatasetVersion } from "#lib/datasets/index.ts";
import { evaluate } from "#lib/engine/evaluate.ts";
import { predictAll } from "#lib/engine/onnx/predict-all.ts";
import { type DigitSession, openDigitSession } from "#lib/engine/onnx/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { messageOf, PreconditionFailedError, UnavailableError } from "#lib/platform/errors.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { wilson } from "#lib/stats/wilson.ts";

const CLASSES = 10;
const LEVEL = 0.95;

/**
 * Loads a version's model.
 *
 * @throws UnavailableError        its file cannot be read now
 * @throws PreconditionFailedError `evidence_impossible`: it has no ONNX file, or one that is no digit model
 */
export async function openVersion(ctx: Ctx, version: ModelVersion): Promise<DigitSession> {
  const name = `Version ${version.version} of ${version.modelName}`;
  if (version.onnxDigest === null) {
    throw new PreconditionFailedError(`${name} has no ONNX file, so nothing of it can be measured.`, {
      code: "evidence_impossible",
    });
  }
  const bytes = await ctx.blobs.get(version.onnxDigest).catch((cause: unknown) => {
    throw new UnavailableError(`${name} cannot be read: ${messageOf(cause)}`, { code: "model_unreadable", cause });
  });
  return openDigitSession(bytes).catch((cause: unknown) => {
    throw new PreconditionFailedError(`${name} cannot be run as a digit model: ${messageOf(cause)}.`, {
      code: "evidence_impossible",
      cause,
    });
  });
}

/** Runs a version on the test images. What it computes in floats is cut to six decimals: machines differ beyond those. */
export async function evaluateVersion(
  ctx: Ctx,
  version: ModelVersion,
  session: DigitSession,
  test: TestImages,
): Promise<{ side: EvidenceSide; answers: Answers }> {
  const probabilities = await predictAll(session, test.images);
  const found = evaluate(probabilities, { ...test, indices: Uint32Array.from(test.labels.keys()) });
  const correct = found.confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  const { lineage } = version;
  const trainedOn =
    lineage.datasetDigest === null ? null : await findDatasetVersion(ctx, { digest: lineage.datasetDigest });
  return {
    answers: answersOf(probabilities),
    side: {
      version: version.version,
      versionId: version.id,
      runId: version.runId,
      createdBy: version.createdBy,
      createdAt: version.createdAt,
      onnxDigest: version.onnxDigest,
      sizeBytes: version.sizeBytes,
      trainedOn: {
        datasetName: lineage.datasetName,
        datasetVersion: lineage.datasetVersion,
        datasetDigest: lineage.datasetDigest,
        synthetic: lineage.synthetic,
        trainCount: trainedOn?.trainCount ?? null,
        codeRevision: lineage.codeRevision,
        seed: lineage.seed,
        engine: lineage.engine,
      },
      correct,
      accuracy: { ...wilson(correct, found.count, LEVEL), level: LEVEL },
      loss: sixDecimals(found.loss),
      perClass: found.perClass,
      confusion: found.confusion,
      calibrationError: sixDecimals(found.calibrationError),
      calibrationBins: found.calibrationBins.map((bin) => ({ ...bin, confidence: sixDecimals(bin.confidence) })),
    },
  };
}

function answersOf(probabilities: Float32Array): Answers {
  const count = probabilities.length / CLASSES;
  const predicted = new Uint8Array(count);
  const confidence = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const answer = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    const best = answer.reduce((most, value, label) => (value > (answer[most] ?? 0) ? label : most), 0);
    predicted[row] = best;
    confidence[row] = sixDecimals(Math.min(1, answer[best] ?? 0));
  }
  return { predicted, confidence };
}

function sixDecimals(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
