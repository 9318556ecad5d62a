import { drawSynthetic } from "#lib/datasets/draw-synthetic.ts";
import { recordDataset } from "#lib/datasets/record-dataset.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { SubmitRunInput } from "#lib/training/schemas.ts";

/** For tests: a small `synthetic-digits`, so that no test draws the whole one. */
export async function seedDigits(ctx: Ctx, counts: { train: number; test: number }): Promise<void> {
  await recordDataset(ctx, "synthetic-digits", await drawSynthetic(counts, () => undefined));
}

/** For tests: a run on it that takes moments. */
export function smallRun(spec: Partial<SubmitRunInput["spec"]> = {}): SubmitRunInput {
  return {
    name: "small",
    dataset: "synthetic-digits",
    spec: { engine: "wasm", architecture: "baseline", epochs: 2, batchSize: 50, learningRate: 1e-3, ...spec },
  };
}
