import { expect, test } from "vitest";
import { ARCHITECTURES, type Architecture, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { type Network, planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { hashKey, randomStream } from "#lib/engine/random.ts";
import { plainForward } from "#lib/engine/testing/plain-forward.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

/** Two convolutions, so that channels-first kernels with more than one input channel are covered too. */
const deep: Architecture = {
  name: "deep",
  layers: [
    { type: "conv2d", filters: 5, kernelSize: 3, activation: "relu" },
    { type: "maxPool2d", poolSize: 2 },
    { type: "conv2d", filters: 7, kernelSize: 4, activation: "relu" },
    { type: "maxPool2d", poolSize: 3 },
    { type: "dropout", rate: 0.5 },
    { type: "flatten" },
    { type: "dense", units: 12, activation: "relu" },
    { type: "dense", units: 10, activation: "softmax" },
  ],
};

/** Initial weights with biases that are not zero, so that a lost bias shows. */
function randomWeights(network: Network): Float32Array[] {
  const next = randomStream(hashKey(5));
  return initWeights(network, 9).map((values, index) =>
    network.params[index]?.role === "bias" ? values.map(() => next() - 0.5) : values,
  );
}

test.each([ARCHITECTURES.baseline, ARCHITECTURES.enhanced, deep])(
  "the exported $name computes what the layers say",
  async (architecture) => {
    const network = planNetwork(architecture);
    const weights = randomWeights(network);
    const images = toUnit(sampleImages(4, 1).images);
    const session = await openDigitSession(exportOnnx(network, weights));
    const probabilities = await session.predict(images, 4);
    await session.dispose();

    for (let n = 0; n < 4; n++) {
      const expected = plainForward(network, weights, images.subarray(n * IMAGE_PIXELS, (n + 1) * IMAGE_PIXELS));
      expected.forEach((value, label) => {
        expect(probabilities[n * 10 + label]).toBeCloseTo(value, 5);
      });
    }
  },
);

test("the file says what its classes are", () => {
  const network = planNetwork(ARCHITECTURES.baseline);
  const bytes = Buffer.from(exportOnnx(network, initWeights(network, 1), { run: "abc" }));
  expect(bytes.includes('["0","1","2","3","4","5","6","7","8","9"]')).toBe(true);
  expect(bytes.includes("class_names")).toBe(true);
  expect(bytes.includes("abc")).toBe(true);
});

test("weights that do not fit the network are refused by name", () => {
  const network = planNetwork(ARCHITECTURES.baseline);
  const weights = initWeights(network, 1);
  weights[2] = new Float32Array(3);
  expect(() => exportOnnx(network, weights)).toThrow("dense_1/kernel: expected 54080 values, got 3");
});
