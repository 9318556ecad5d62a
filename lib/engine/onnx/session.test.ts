import { expect, test } from "vitest";
import { ARCHITECTURES, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { encodeModel } from "#lib/engine/onnx/proto.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

const network = planNetwork(ARCHITECTURES.baseline);
const bytes = exportOnnx(network, initWeights(network, 3));

test("overlapping calls of different sizes each get their own rows", async () => {
  const session = await openDigitSession(bytes);
  const images = toUnit(sampleImages(20, 2).images);
  const all = await session.predict(images, 20);
  const singles = await Promise.all(
    Array.from({ length: 20 }, (_, n) => session.predict(images.slice(n * IMAGE_PIXELS, (n + 1) * IMAGE_PIXELS), 1)),
  );
  singles.forEach((row, n) => {
    expect(row).toHaveLength(10);
    expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    row.forEach((value, label) => {
      expect(value).toBeCloseTo(all[n * 10 + label] ?? Number.NaN, 5);
    });
  });
  await session.dispose();
});

test("a batch of the wrong length is refused", async () => {
  const session = await openDigitSession(bytes);
  await expect(session.predict(new Float32Array(783), 1)).rejects.toThrow("expected 1 × 784 values, got 783");
  await expect(session.predict(new Float32Array(0), 0)).rejects.toThrow("expected 0 × 784");
  await session.dispose();
});

test("a closed session rejects, and closing twice is harmless", async () => {
  const session = await openDigitSession(bytes);
  await session.dispose();
  await session.dispose();
  await expect(session.predict(new Float32Array(784), 1)).rejects.toThrow("closed");
});

test("bytes that are no model are refused", async () => {
  await expect(openDigitSession(new Uint8Array([1, 2, 3, 4]))).rejects.toThrow();
});

test("a model with another signature is refused, naming both", async () => {
  const other = encodeModel({
    irVersion: 8,
    opset: 17,
    producer: { name: "test", version: "1" },
    graph: {
      name: "identity",
      nodes: [{ opType: "Identity", name: "id", inputs: ["image"], outputs: ["probabilities"] }],
      initializers: [],
      inputs: [{ name: "image", dims: ["N", 28, 28, 3] }],
      outputs: [{ name: "probabilities", dims: ["N", 28, 28, 3] }],
    },
    metadata: {},
  });
  await expect(openDigitSession(other)).rejects.toThrow(
    "expected input image float32 [N, 28, 28, 1], got input image float32 [N, 28, 28, 3]",
  );
});
