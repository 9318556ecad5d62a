import { beforeAll, describe, expect, test } from "vitest";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { type Backend, freshState } from "#lib/engine/backends/backend.ts";
import { loadWasmBackend } from "#lib/engine/backends/wasm/wasm-backend.ts";
import { dropoutKey, dropoutMask } from "#lib/engine/dropout.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { CHECKED, forwardError, gradientErrors, trainedDigest } from "#lib/engine/testing/check-backend.ts";
import { plainForward } from "#lib/engine/testing/plain-forward.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await loadWasmBackend();
});

describe.each(CHECKED)("$name", (architecture) => {
  test("computes what the layers say", () => {
    expect(forwardError(backend, architecture)).toBeLessThan(1e-5);
  });

  test("its gradients are the slopes of the loss", () => {
    for (const check of gradientErrors(backend, architecture)) {
      expect(check.error, `${check.param}: ${check.got} against ${check.expected}`).toBeLessThan(5e-3);
    }
  });
});

test("a step's loss is that of the network with this step's dropout", () => {
  const network = planNetwork(ARCHITECTURES.enhanced);
  const weights = initWeights(network, 4);
  const { images, labels } = sampleImages(1, 6);
  const session = backend.open(network, freshState(weights), 21);
  const { lossSum } = session.step({ images: toUnit(images), labels, size: 1 }, 1e-3);

  const masks = new Map(
    network.layers.flatMap((layer) => {
      if (layer.type !== "dropout") return [];
      const size = layer.input.reduce((product, side) => product * side, 1);
      return [[layer.index, dropoutMask(size, layer.rate, dropoutKey(21, 1, layer.index))] as const];
    }),
  );
  expect(masks.size).toBe(2);
  const expected = plainForward(network, weights, toUnit(images), masks);
  expect(lossSum).toBeCloseTo(-Math.log(expected[labels[0] ?? 0] ?? Number.NaN), 4);
});

test("an interrupted run ends with the very same weights", () => {
  const whole = trainedDigest(backend, 6);
  expect(trainedDigest(backend, 6, 3)).toBe(whole);
  expect(trainedDigest(backend, 5)).not.toBe(whole);
});

test("a rate that is too high shows as a loss that is not finite", () => {
  const network = planNetwork(ARCHITECTURES.baseline);
  const { images, labels } = sampleImages(20, 6);
  const weights = initWeights(network, 4).map((values) => values.map(() => Number.NaN));
  const session = backend.open(network, freshState(weights), 1);
  expect(session.step({ images: toUnit(images), labels, size: 20 }, 1e-3).lossSum).toBeNaN();
});
