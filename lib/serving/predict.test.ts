import { encode } from "fast-png";
import sharp from "sharp";
import { expect } from "vitest";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { batchPredict } from "#lib/serving/batch-predict.ts";
import { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
import { predict } from "#lib/serving/predict.ts";
import { predictionLog } from "#lib/serving/prediction-log.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";
import { digitOnnx, putIntoProduction } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const { images } = renderSynthetic({ seed: 1, count: 20 });
const digit = (index: number) => images.slice(index * 784, (index + 1) * 784);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

pgTest("answers as the model itself does", async ({ ctx }) => {
  const onnx = digitOnnx(1);
  await putIntoProduction(ctx, 1, onnx);
  const session = await openDigitSession(onnx);
  for (let index = 0; index < 5; index++) {
    const pixels = digit(index);
    const reply = await predict(ctx, { pixels: [...pixels] });
    const expected = await session.predict(
      Float32Array.from(pixels, (value) => value / 255),
      1,
    );
    for (const [label, probability] of reply.probabilities.entries()) {
      expect(probability).toBeCloseTo(expected[label] ?? -1, 5);
    }
    expect(reply.confidence).toBe(Math.max(...reply.probabilities));
    expect(reply.probabilities[reply.prediction]).toBe(reply.confidence);
    expect(reply.model).toEqual({ name: "digits", version: 1 });
    expect(reply.requestId).toBe(ctx.requestId);
  }
  await session.dispose();
});

pgTest("a PNG of a digit in MNIST's own form gives the answer of its pixels", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(2));
  const pixels = digit(3);
  const png = encode({ width: 28, height: 28, data: pixels, channels: 1, depth: 8 });
  const fromPixels = await predict(ctx, { pixels: [...pixels] });
  const fromPng = await predict(ctx, { image: base64(png) });
  const fromDataUrl = await predict(ctx, { image: `data:image/png;base64,${base64(png)}` });
  expect(fromDataUrl.probabilities).toEqual(fromPng.probabilities);
  for (const [label, probability] of fromPng.probabilities.entries()) {
    expect(Math.abs(probability - (fromPixels.probabilities[label] ?? 0))).toBeLessThan(0.05);
  }
});

pgTest("without a version in Production it says so and how to train one", async ({ ctx, db }) => {
  await db.deployment.create({
    data: {
      id: `dep_${ctx.projectId}`,
      projectId: ctx.projectId,
      name: "digits",
      modelName: "digits",
      access: "public",
      isDefault: true,
    },
  });
  await expect(predict(ctx, { pixels: [...digit(0)] })).rejects.toMatchObject({
    kind: "unavailable",
    code: "no_model",
    message: expect.stringContaining("POST /api/training/strategies/mnist-three-runs"),
  });
});

pgTest("follows a change of Production without a refused or mixed answer", async ({ ctx }) => {
  const models = [digitOnnx(1), digitOnnx(2), digitOnnx(3)];
  const pixels = [...digit(4)];
  const expected = await Promise.all(
    models.map(async (onnx) => {
      const session = await openDigitSession(onnx);
      const output = await session.predict(
        Float32Array.from(pixels, (value) => value / 255),
        1,
      );
      await session.dispose();
      return Array.from(output, (value) => Math.round(value * 1e6) / 1e6);
    }),
  );
  await putIntoProduction(ctx, 1, models[0] as Uint8Array);
  let stop = false;
  const seen = new Set<number>();
  const caller = async () => {
    while (!stop) {
      const reply = await predict(ctx, { pixels });
      seen.add(reply.model.version);
      expect(reply.probabilities).toEqual(expected[reply.model.version - 1]);
    }
  };
  const callers = [caller(), caller(), caller(), caller()];
  for (const version of [2, 3]) {
    await expect.poll(() => seen.has(version - 1)).toBe(true);
    await putIntoProduction(ctx, version, models[version - 1] as Uint8Array);
    await expect.poll(() => seen.has(version)).toBe(true);
  }
  stop = true;
  await Promise.all(callers);
  expect([...seen]).toEqual([1, 2, 3]);
});

pgTest("what was begun on a version is answered by it, however late, after another took its place", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const { find, refresh } = trafficRouter();
  const live = await find(ctx.projectId, undefined);
  const late = await live?.use(ctx, refresh, async (turn) => {
    await putIntoProduction(ctx, 2, digitOnnx(2));
    const served = async () => (await predict(ctx, { pixels: [...digit(4)] })).model.version;
    await expect.poll(served).toBe(2);
    return turn.answer((model) => model.batcher.predict(digit(4)));
  });
  expect(late).toMatchObject({ model: { version: 1 }, value: expect.any(Float32Array) });
});

pgTest("names the field and the remedy of what is no digit", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const blank = encode({ width: 40, height: 40, data: new Uint8Array(1600).fill(255), channels: 1, depth: 8 });
  const png = encode({ width: 28, height: 28, data: digit(0), channels: 1, depth: 8 });
  const cases: [string, object, string][] = [
    ["not base64", { image: "!!!" }, "not_base64"],
    ["no image", { image: base64(Buffer.from("hello, this is text")) }, "not_an_image"],
    ["half an image", { image: base64(png.slice(0, png.length >> 1)) }, "damaged"],
    ["a blank page", { image: base64(blank) }, "no_ink"],
    ["783 pixels", { pixels: [...digit(0)].slice(1) }, "bad_pixel_count"],
    ["256", { pixels: [256, ...digit(0)].slice(0, 784) }, "pixel_range"],
    ["0..1", { pixels: [...digit(0)].map((value) => value / 255) }, "pixel_range"],
    ["both", { image: "AAAA", pixels: [] }, "input_missing"],
    ["neither", {}, "input_missing"],
  ];
  for (const [name, input, code] of cases) {
    await expect(predict(ctx, input), name).rejects.toMatchObject({
      kind: "invalid",
      code,
      details: [{ field: expect.stringMatching(/^(image|pixels)/), remedy: expect.stringMatching(/\w{3}/) }],
    });
  }
});

pgTest("refuses a bomb of 50 megapixels before it is unpacked", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const bomb = await sharp({ create: { width: 10_000, height: 5_000, channels: 3, background: "white" } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const before = process.memoryUsage().rss;
  await expect(predict(ctx, { image: base64(bomb) })).rejects.toMatchObject({ kind: "invalid", code: "too_large" });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
});

pgTest("reports a batch's bad items in their places", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const reply = await batchPredict(ctx, {
    items: [{ pixels: [...digit(0)] }, { image: "?" }, { pixels: [...digit(1)] }],
  });
  expect(reply.failed).toBe(1);
  expect(reply.predictions[0]).toMatchObject({ prediction: expect.any(Number) });
  expect(reply.predictions[1]).toMatchObject({ error: { code: "not_base64", field: "items[1].image" } });
  expect(reply.predictions[2]).toMatchObject({ prediction: expect.any(Number) });
});

pgTest("logs each answer once, with who asked and what answered", async ({ ctx, db }) => {
  await putIntoProduction(ctx, 7, digitOnnx(1));
  const reply = await predict(ctx, { pixels: [...digit(0)] });
  await predictionLog().flush();
  const rows = await db.prediction.findMany({ where: { projectId: ctx.projectId } });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    requestId: ctx.requestId,
    deployment: "digits",
    modelName: "digits",
    modelVersion: 7,
    prediction: reply.prediction,
  });
  expect(rows[0]?.probabilities).toHaveLength(10);
  const stats = await getPredictionStats(ctx);
  expect(stats).toMatchObject({ today: 1, lastHour: 1 });
  expect(stats.byClass[reply.prediction]).toBe(1);
});

pgTest("a deployment with access by key refuses who lacks the scope", async ({ ctx, db, make }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  await db.deployment.updateMany({ where: { projectId: ctx.projectId }, data: { access: "key" } });
  await trafficRouter().refresh();
  const reader = await make.apiKeyCtx({ scopes: ["tracking:read"] });
  await expect(predict(reader, { pixels: [...digit(0)] })).rejects.toMatchObject({ kind: "forbidden" });
  const caller = await make.apiKeyCtx({ scopes: ["serving:predict"] });
  await expect(predict(caller, { pixels: [...digit(0)] })).resolves.toMatchObject({ model: { version: 1 } });
});

pgTest("a version in Production without an ONNX file is told as that", async ({ ctx, db }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  await predict(ctx, { pixels: [...digit(0)] });
  await db.modelVersion.updateMany({
    where: { projectId: ctx.projectId },
    data: { version: 2, onnxDigest: null },
  });
  await trafficRouter().refresh();
  await expect(predict(ctx, { pixels: [...digit(0)] })).rejects.toMatchObject({
    kind: "unavailable",
    code: "no_onnx_file",
    message: expect.stringContaining("Version 2 of digits"),
  });
});
