import { CLASS_COUNT, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { gatherBatch, type Part } from "#lib/engine/load-data.ts";
import type { CalibrationBin, ClassScore, Evaluation, Mistake } from "#lib/engine/schemas.ts";
import { argmaxRow, crossEntropy } from "#lib/engine/softmax.ts";

const PREDICT_BATCH = 250;
const BINS = 15;
const MISTAKES = 24;

/** Anything that turns `count` × 784 values in 0..1 into `count` × 10 probabilities. */
export interface Predictor {
  predict(images: Float32Array, count: number): Float32Array;
}

/**
 * Probabilities of every image of a part, `[part.indices.length, 10]`.
 *
 * @param between awaited between batches, so that a caller can listen for a cancel; throws to stop
 */
export async function predictPart(
  predictor: Predictor,
  part: Part,
  between: () => Promise<void> = async () => {},
): Promise<Float32Array> {
  const all = new Float32Array(part.indices.length * CLASS_COUNT);
  for (let from = 0; from < part.indices.length; from += PREDICT_BATCH) {
    await between();
    const { images, size } = gatherBatch(part, part.indices, from, PREDICT_BATCH);
    all.set(predictor.predict(images, size), from * CLASS_COUNT);
  }
  return all;
}

/** Mean cross entropy in nats, and the share of hits, of probabilities in the order of `part.indices`. */
export function lossAndAccuracy(probabilities: Float32Array, part: Part): { loss: number; accuracy: number } {
  const count = part.indices.length;
  let loss = 0;
  let correct = 0;
  part.indices.forEach((index, row) => {
    const label = part.labels[index] ?? 0;
    loss += crossEntropy(probabilities[row * CLASS_COUNT + label] ?? Number.NaN);
    if (argmaxRow(probabilities, CLASS_COUNT, row) === label) correct++;
  });
  return { loss: loss / count, accuracy: correct / count };
}

/** The full report on a part: scores per class, confusion, calibration and the most confident mistakes. */
export function evaluate(probabilities: Float32Array, part: Part): Evaluation {
  const confusion = Array.from({ length: CLASS_COUNT }, () => new Array<number>(CLASS_COUNT).fill(0));
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, correct: 0 }));
  const mistakes: Omit<Mistake, "pixels">[] = [];

  part.indices.forEach((index, row) => {
    const label = part.labels[index] ?? 0;
    const predicted = argmaxRow(probabilities, CLASS_COUNT, row);
    const confidence = Math.min(1, probabilities[row * CLASS_COUNT + predicted] ?? 0);
    const counts = confusion[label];
    if (counts) counts[predicted] = (counts[predicted] ?? 0) + 1;
    const bin = bins[Math.max(0, Math.ceil(confidence * BINS) - 1)];
    if (bin) {
      bin.count++;
      bin.confidence += confidence;
      if (predicted === label) bin.correct++;
    }
    if (predicted !== label) mistakes.push({ index, label, predicted, confidence });
  });

  const count = part.indices.length;
  const calibrationBins: CalibrationBin[] = bins.map((bin, i) => ({
    from: i / BINS,
    to: (i + 1) / BINS,
    count: bin.count,
    confidence: bin.count === 0 ? 0 : bin.confidence / bin.count,
    accuracy: bin.count === 0 ? 0 : bin.correct / bin.count,
  }));
  mistakes.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  return {
    ...lossAndAccuracy(probabilities, part),
    perClass: confusion.map((_, label) => classScore(confusion, label)),
    confusion,
    calibrationError: calibrationBins.reduce(
      (sum, bin) => sum + (bin.count / count) * Math.abs(bin.confidence - bin.accuracy),
      0,
    ),
    calibrationBins,
    mistakes: mistakes.slice(0, MISTAKES).map((mistake) => ({ ...mistake, pixels: pixelsOf(part, mistake.index) })),
    count,
  };
}

/** Precision, recall and F1 are 0 where their denominator is. */
function classScore(confusion: readonly (readonly number[])[], label: number): ClassScore {
  const hits = confusion[label]?.[label] ?? 0;
  const support = (confusion[label] ?? []).reduce((sum, value) => sum + value, 0);
  const predicted = confusion.reduce((sum, row) => sum + (row[label] ?? 0), 0);
  return {
    label,
    precision: predicted === 0 ? 0 : hits / predicted,
    recall: support === 0 ? 0 : hits / support,
    f1: support + predicted === 0 ? 0 : (2 * hits) / (support + predicted),
    support,
  };
}

function pixelsOf(part: Part, index: number): string {
  return Buffer.from(part.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS)).toString("base64");
}
