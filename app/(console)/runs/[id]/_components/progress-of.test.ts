import { describe, expect, test } from "vitest";
import { batchesPerEpoch, progressOf } from "#app/(console)/runs/[id]/_components/progress-of.ts";
import type { Series } from "#app/(console)/runs/[id]/_components/use-run-feed.ts";

const startedAt = "2026-01-05T10:00:00.000Z";
const secondsIn = (seconds: number) => Date.parse(startedAt) + seconds * 1000;

describe("how far a run is", () => {
  test("knows nothing before the first batch", () => {
    const figures = progressOf({ series: new Map(), epochs: 5, batches: 10, startedAt, now: secondsIn(1) });
    expect(figures).toMatchObject({ share: null, epochsDone: 0, etaMs: null });
  });

  test("counts finished epochs and the batches of the one under way", () => {
    const series: Series = new Map([
      [
        "val_loss",
        [
          [1, 0, 0.4],
          [2, 0, 0.3],
        ],
      ],
      [
        "batch_loss",
        [
          [20, 0, 0.5],
          [25, 0, 0.4],
        ],
      ],
      ["batch_samples_per_second", [[25, 0, 1234.5]]],
    ]);
    const figures = progressOf({ series, epochs: 5, batches: 10, startedAt, now: secondsIn(60) });
    expect(figures).toMatchObject({ epochsDone: 2, batch: 5, share: 0.5, samplesPerSecond: 1234.5, etaMs: 60_000 });
  });

  test("goes by epochs alone where the number of batches is not known", () => {
    const series: Series = new Map([["val_loss", [[1, 0, 0.4]]]]);
    expect(progressOf({ series, epochs: 4, batches: null, startedAt, now: secondsIn(10) }).share).toBe(0.25);
  });
});

test.each([
  [{ batchSize: 128, validation: "test" as const }, 60_000, 469],
  [{ batchSize: 128, validation: "split" as const }, 60_000, 430],
  [{ batchSize: 64, validation: "test" as const, trainLimit: 1_000 }, 60_000, 16],
])("batches per epoch of %j on %i images", (spec, trainCount, batches) => {
  expect(batchesPerEpoch(spec, trainCount)).toBe(batches);
});
