import { expect, test } from "vitest";
import { ARCHITECTURES, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { DEEP, randomWeights } from "#lib/engine/testing/check-backend.ts";
import { plainForward } from "#lib/engine/testing/plain-forward.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

test.each([ARCHITECTURES.baseline, ARCHITECTURES.enhanced, DEEP])(
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
