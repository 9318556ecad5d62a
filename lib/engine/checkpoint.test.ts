import { readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { freshState } from "#lib/engine/backends/backend.ts";
import { type Checkpoint, checkpointFile, readCheckpoint, writeCheckpoint } from "#lib/engine/checkpoint.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import type { EpochReport } from "#lib/engine/schemas.ts";
import { sampleDataset } from "#lib/engine/testing/sample-dataset.ts";

const network = planNetwork(ARCHITECTURES.baseline);
const report: EpochReport = {
  epoch: 1,
  loss: 0.5,
  accuracy: 0.9,
  valLoss: 0.4,
  valAccuracy: 0.91,
  samplesPerSecond: 1000,
  seconds: 2,
  learningRate: 1e-3,
  rssBytes: 1,
  peakRssBytes: 2,
};

async function written(): Promise<{ workDir: string; checkpoint: Checkpoint }> {
  const { workDir } = await sampleDataset(1, 1);
  const state = { ...freshState(initWeights(network, 1)), step: 17 };
  state.secondMoments[0]?.fill(0.25);
  const checkpoint = { state, epochs: [report] };
  await writeCheckpoint(workDir, "run-a", checkpoint);
  return { workDir, checkpoint };
}

test("what is written is read, bit for bit, and nothing else lies about", async () => {
  const { workDir, checkpoint } = await written();
  expect(await readCheckpoint(workDir, "run-a", network)).toEqual(checkpoint);
  expect(await readdir(workDir)).toEqual(["checkpoint.bin"]);
});

test("no checkpoint is no error", async () => {
  const { workDir } = await sampleDataset(1, 1);
  expect(await readCheckpoint(workDir, "run-a", network)).toBeUndefined();
});

test("a damaged or cut-off checkpoint counts as none", async () => {
  const { workDir } = await written();
  const bytes = await readFile(checkpointFile(workDir));
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(5000) ^ 1, 5000);
  for (const damaged of [flipped, bytes.subarray(0, bytes.length - 100), Buffer.alloc(0), Buffer.from("ASSAYCK1")]) {
    await writeFile(checkpointFile(workDir), damaged);
    expect(await readCheckpoint(workDir, "run-a", network)).toBeUndefined();
  }
});

test("another run's checkpoint is refused", async () => {
  const { workDir } = await written();
  await expect(readCheckpoint(workDir, "run-b", network)).rejects.toMatchObject({ code: "checkpoint_invalid" });
});
