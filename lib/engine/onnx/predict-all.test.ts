import { expect, test } from "vitest";
import { ARCHITECTURES, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { measureInk } from "#lib/engine/measure-ink.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { predictAll, toUnit } from "#lib/engine/onnx/predict-all.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { timeSingles } from "#lib/engine/onnx/time-singles.ts";
import { sampleImages } from "#lib/engine/testing/sample-images.ts";

const network = planNetwork(ARCHITECTURES.baseline);
const open = (seed: number) => openDigitSession(exportOnnx(network, initWeights(network, seed)));

test("many images are answered as each alone is, and the same twice", async () => {
  const session = await open(1);
  const { images } = sampleImages(260, 5);
  const all = await predictAll(session, images);
  expect(all).toHaveLength(2_600);
  expect(await predictAll(session, images)).toEqual(all);
  for (const n of [0, 249, 250, 259]) {
    const single = await session.predict(toUnit(images.subarray(n * IMAGE_PIXELS, (n + 1) * IMAGE_PIXELS)), 1);
    for (const [label, value] of single.entries()) {
      expect(value).toBeCloseTo(all[n * 10 + label] ?? Number.NaN, 5);
    }
  }
  expect(await predictAll(session, new Uint8Array())).toHaveLength(0);
  await session.dispose();
});

test("each session gets its own row of times", async () => {
  const sessions = [await open(1), await open(2)];
  const times = await timeSingles(sessions, sampleImages(3, 5).images, 25);
  expect(times.map((row) => row.length)).toEqual([25, 25]);
  expect(times.every((row) => row.every((ms) => ms > 0))).toBe(true);
  await Promise.all(sessions.map((session) => session.dispose()));
});

test("ink is how much is written, brightness how strongly", async () => {
  const images = new Uint8Array(3 * IMAGE_PIXELS);
  images.fill(255, 0, 78);
  images.fill(102, IMAGE_PIXELS, IMAGE_PIXELS + 392);
  const { ink, brightness } = await measureInk(images);
  expect([...ink]).toEqual([78 / 784, 0, 0]);
  expect([...brightness]).toEqual([1, 0.4, 0]);
});
