import { setImmediate as breathe } from "node:timers/promises";
import type { RawDataset } from "#lib/datasets/dataset-content.ts";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";

const PIXELS = 784;
/** Images drawn at a stretch, about a tenth of a second: between two blocks the worker's heartbeats get through. */
const BLOCK = 500;
/** Train and test never share a block's seed. */
const SEEDS = { train: 20_000, test: 40_000 } as const;

/** Draws `synthetic-digits`: the same bytes every time. */
export async function drawSynthetic(
  counts: { train: number; test: number },
  onProgress: (message: string) => void,
): Promise<RawDataset> {
  const train = await drawPart(SEEDS.train, counts.train, (done) =>
    onProgress(`Drawing synthetic digits: ${Math.round((100 * done) / counts.train)} %`),
  );
  const test = await drawPart(SEEDS.test, counts.test, () => undefined);
  return {
    trainImages: train.images,
    trainLabels: train.labels,
    testImages: test.images,
    testLabels: test.labels,
  };
}

async function drawPart(firstSeed: number, count: number, onBlock: (done: number) => void) {
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let done = 0; done < count; done += BLOCK) {
    const size = Math.min(BLOCK, count - done);
    const block = renderSynthetic({ seed: firstSeed + done / BLOCK, count: size });
    images.set(block.images, done * PIXELS);
    labels.set(block.labels, done);
    if ((done / BLOCK) % 10 === 0) onBlock(done);
    await breathe();
  }
  return { images, labels };
}
