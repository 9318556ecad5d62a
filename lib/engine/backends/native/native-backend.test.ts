import { describe, expect } from "vitest";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { freshState } from "#lib/engine/backends/backend.ts";
import { loadBinding } from "#lib/engine/backends/native/binding.ts";
import { Eager } from "#lib/engine/backends/native/eager.ts";
import { loadWasmBackend } from "#lib/engine/backends/wasm/wasm-backend.ts";
import { dropoutMask } from "#lib/engine/dropout.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { cacheFolder } from "#lib/engine/native-pin.mjs";
import { planNetwork } from "#lib/engine/network.ts";
import { CHECKED, forwardError, gradientErrors, trainedDigest } from "#lib/engine/testing/check-backend.ts";
import { nativeTest } from "#lib/engine/testing/native-test.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

describe.each(CHECKED)("$name", (architecture) => {
  nativeTest("computes what the layers say", (backend) => {
    expect(forwardError(backend, architecture)).toBeLessThan(1e-5);
  });

  nativeTest("its gradients are the slopes of the loss", (backend) => {
    for (const check of gradientErrors(backend, architecture)) {
      expect(check.error, `${check.param}: ${check.got} against ${check.expected}`).toBeLessThan(5e-3);
    }
  });
});

nativeTest("the dropout kernel draws the very masks of the wasm engine", async () => {
  const eager = new Eager(await loadBinding(cacheFolder(process.env)));
  for (const [size, rate, key] of [
    [200_001, 0.25, 123],
    [77, 0.5, -5],
    [1000, 0.3, 2_000_000_000],
  ] as const) {
    const ones = eager.floats(new Float32Array(size).fill(1), [size]);
    const mask = eager.run("AssayDropout", [ones, eager.ints([key], [])], [eager.real("rate", rate)]);
    expect(eager.read(mask)).toEqual(dropoutMask(size, rate, key));
    eager.end();
  }
});

nativeTest("both engines take the same steps", async (native) => {
  const wasm = await loadWasmBackend();
  const network = planNetwork(ARCHITECTURES.enhanced);
  const { images, labels } = sampleImages(32, 4);
  const batch = { images: toUnit(images), labels, size: 32 };
  const [a, b] = [native, wasm].map((backend) => backend.open(network, freshState(initWeights(network, 3)), 9));
  for (let step = 0; step < 4; step++) {
    const [x, y] = [a?.step(batch, 1e-3), b?.step(batch, 1e-3)];
    expect(x?.lossSum).toBeCloseTo(y?.lossSum ?? Number.NaN, 2);
    expect(x?.correct).toBe(y?.correct);
  }
});

nativeTest("an interrupted run ends with the very same weights", (backend) => {
  const whole = trainedDigest(backend, 6);
  expect(trainedDigest(backend, 6)).toBe(whole);
  expect(trainedDigest(backend, 6, 3)).toBe(whole);
});

nativeTest("steps, predictions and closed sessions leave no tensor behind", async (backend) => {
  const binding = await loadBinding(cacheFolder(process.env));
  const network = planNetwork(ARCHITECTURES.enhanced);
  const { images, labels } = sampleImages(20, 4);
  const batch = { images: toUnit(images), labels, size: 20 };
  const before = binding.getNumOfTensors();
  const session = backend.open(network, freshState(initWeights(network, 3)), 9);
  const opened = binding.getNumOfTensors();
  session.step(batch, 1e-3);
  session.predict(batch.images, 20);
  session.state();
  expect(binding.getNumOfTensors()).toBe(opened);
  session.dispose();
  expect(binding.getNumOfTensors()).toBe(before);
});

nativeTest("a state once taken is not changed by later steps, nor is the one it started from", (backend) => {
  const network = planNetwork(ARCHITECTURES.baseline);
  const { images, labels } = sampleImages(20, 4);
  const batch = { images: toUnit(images), labels, size: 20 };
  const start = freshState(initWeights(network, 3));
  const session = backend.open(network, start, 9);
  const taken = session.state();
  for (let step = 0; step < 3; step++) session.step(batch, 1e-2);
  expect(taken.weights).toEqual(initWeights(network, 3));
  expect(start.weights).toEqual(initWeights(network, 3));
  expect(session.state().weights).not.toEqual(taken.weights);
});

nativeTest("weights that are not finite show as a loss that is not", (backend) => {
  const network = planNetwork(ARCHITECTURES.baseline);
  const { images, labels } = sampleImages(20, 6);
  const weights = initWeights(network, 4).map((values) => values.map(() => Number.NaN));
  const session = backend.open(network, freshState(weights), 1);
  expect(session.step({ images: toUnit(images), labels, size: 20 }, 1e-3).lossSum).toBeNaN();
});
