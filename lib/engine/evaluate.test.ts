import { expect, test } from "vitest";
import { evaluate } from "#lib/engine/evaluate.ts";
import type { Part } from "#lib/engine/load-data.ts";
import { Evaluation } from "#lib/engine/schemas.ts";

/** Probability `confidence` for `predicted`, the rest spread evenly. */
function row(predicted: number, confidence: number): number[] {
  return Array.from({ length: 10 }, (_, label) => (label === predicted ? confidence : (1 - confidence) / 9));
}

const labels = [0, 0, 1, 1];
const part: Part = {
  images: Uint8Array.from({ length: 4 * 784 }, (_, i) => Math.floor(i / 784)),
  labels: Uint8Array.from(labels),
  indices: Uint32Array.of(0, 1, 2, 3),
};
// Right at 0.9, wrong at 0.6 (as a 1), right at 0.8, wrong at 0.95 (as a 7).
const report = evaluate(Float32Array.from([row(0, 0.9), row(1, 0.6), row(1, 0.8), row(7, 0.95)].flat()), part);

test("counts hits, confusions and scores per class", () => {
  expect(report.accuracy).toBe(0.5);
  expect(report.confusion[0]?.slice(0, 2)).toEqual([1, 1]);
  expect(report.confusion[1]?.[7]).toBe(1);
  expect(report.perClass[0]).toEqual({ label: 0, precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
  expect(report.perClass[1]).toEqual({ label: 1, precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  expect(report.perClass[7]).toEqual({ label: 7, precision: 0, recall: 0, f1: 0, support: 0 });
});

test("the loss is the mean cross entropy of the true classes", () => {
  const expected = -(Math.log(0.9) + Math.log(0.4 / 9) + Math.log(0.8) + Math.log(0.05 / 9)) / 4;
  expect(report.loss).toBeCloseTo(expected, 5);
});

test("the calibration error weighs each bin's gap by its size", () => {
  // Four bins of one image each: |0.9-1|, |0.6-0|, |0.8-1|, |0.95-0|.
  expect(report.calibrationError).toBeCloseTo((0.1 + 0.6 + 0.2 + 0.95) / 4, 5);
  expect(report.calibrationBins.reduce((sum, bin) => sum + bin.count, 0)).toBe(4);
  expect(report.calibrationBins[14]).toMatchObject({ count: 1, accuracy: 0 });
});

test("the most confident mistake comes first, with its image", () => {
  expect(report.mistakes.map(({ index, label, predicted }) => [index, label, predicted])).toEqual([
    [3, 1, 7],
    [1, 0, 1],
  ]);
  expect([...Buffer.from(report.mistakes[0]?.pixels ?? "", "base64")]).toEqual(new Array(784).fill(3));
});

test("the report has the form that is promised", () => {
  expect(Evaluation.parse(report)).toEqual(report);
});
