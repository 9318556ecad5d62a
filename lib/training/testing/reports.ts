import type { EpochReport, Evaluation } from "#lib/engine/schemas.ts";

/** For tests: what a child would report of an epoch. */
export function epochReport(epoch: number): EpochReport {
  return {
    epoch,
    loss: 1 / epoch,
    accuracy: 1 - 1 / (epoch + 1),
    valLoss: 1.1 / epoch,
    valAccuracy: 1 - 1.1 / (epoch + 1),
    samplesPerSecond: 1_000,
    seconds: 1,
    learningRate: 1e-3,
    rssBytes: 1_000_000,
    peakRssBytes: 1_000_000,
  };
}

/** For tests: an evaluation of which only the accuracy matters. */
export function evaluationOf(accuracy: number): Evaluation {
  const digits = Array.from({ length: 10 }, (_, label) => label);
  return {
    accuracy,
    loss: 1 - accuracy,
    perClass: digits.map((label) => ({ label, precision: accuracy, recall: accuracy, f1: accuracy, support: 10 })),
    confusion: digits.map(() => digits.map(() => 1)),
    calibrationError: 0.01,
    calibrationBins: Array.from({ length: 15 }, (_, bin) => ({
      from: bin / 15,
      to: (bin + 1) / 15,
      count: 0,
      confidence: 0,
      accuracy: 0,
    })),
    mistakes: [],
    count: 100,
  };
}
