import { expect, test } from "vitest";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import type { Backend } from "#lib/engine/backends/backend.ts";
import { loadWasmBackend } from "#lib/engine/backends/wasm/wasm-backend.ts";
import { fitNetwork } from "#lib/engine/fit-network.ts";
import { loadData } from "#lib/engine/load-data.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { type EpochReport, TrainSpec, type TrainSpecInput } from "#lib/engine/schemas.ts";
import { sampleDataset } from "#lib/engine/testing/sample-dataset.ts";

async function run(changes: Partial<TrainSpecInput>, wrap: (backend: Backend) => Backend = (b) => b) {
  const spec = TrainSpec.parse({
    engine: "wasm",
    architecture: "baseline",
    epochs: 2,
    batchSize: 16,
    learningRate: 1e-3,
    ...changes,
  });
  const { data, workDir } = await sampleDataset(60, 30);
  const epochs: EpochReport[] = [];
  const { session } = await fitNetwork({
    backend: wrap(await loadWasmBackend()),
    network: planNetwork(ARCHITECTURES[spec.architecture]),
    spec,
    data: await loadData(data, spec),
    workDir,
    identity: "test",
    checkpoint: undefined,
    hooks: { onBatch: () => {}, onEpoch: async (report) => void epochs.push(report), throwIfStopped: () => {} },
  });
  return { epochs, state: session.state() };
}

test("the same seed gives the same weights, another seed others", async () => {
  const first = await run({ seed: 1 });
  expect((await run({ seed: 1 })).state).toEqual(first.state);
  expect((await run({ seed: 2 })).state.weights).not.toEqual(first.state.weights);
});

test("a last batch that is not full is trained on too", async () => {
  expect((await run({})).state.step).toBe(8);
});

test("augmentation and the schedule change the run", async () => {
  const plain = await run({});
  expect((await run({ augment: true })).state.weights).not.toEqual(plain.state.weights);
  const cosine = await run({ schedule: "cosine" });
  expect(plain.epochs[1]?.learningRate).toBe(1e-3);
  expect(cosine.epochs[1]?.learningRate).toBeCloseTo(1e-3 * 0.5 * (1 + Math.cos((Math.PI * 7) / 8)), 10);
});

test("a loss that is not finite ends the run, naming epoch and batch", async () => {
  const breaking = (backend: Backend): Backend => ({
    ...backend,
    open: (network, state, seed) => {
      const session = backend.open(network, state, seed);
      let calls = 0;
      return {
        step: (batch, rate) => {
          const result = session.step(batch, rate);
          return ++calls === 6 ? { ...result, lossSum: Number.NaN } : result;
        },
        predict: (images, count) => session.predict(images, count),
        state: () => session.state(),
        dispose: () => session.dispose(),
      };
    },
  });
  await expect(run({}, breaking)).rejects.toMatchObject({ code: "loss_not_finite", epoch: 2, batch: 2 });
});

test("weights that are not finite give a loss that is not", async () => {
  const poisoned = (backend: Backend): Backend => ({
    ...backend,
    open: (network, state, seed) => {
      state.weights[1]?.fill(Number.POSITIVE_INFINITY);
      return backend.open(network, state, seed);
    },
  });
  await expect(run({}, poisoned)).rejects.toMatchObject({ code: "loss_not_finite", epoch: 1, batch: 1 });
});
