import { expect, onTestFinished, test, vi } from "vitest";
import { openHostedModel } from "#lib/engine/onnx/hosted-model.ts";
import type { RawTensor } from "#lib/engine/onnx/tensors.ts";
import { centredOnnx, digestOf, identityOnnx } from "#lib/engine/onnx/testing/odd-models.ts";
import { createModelQueue } from "#lib/serving/v2/model-queue.ts";

vi.setConfig({ testTimeout: 120_000 });

async function open(bytes: Uint8Array) {
  const runs: number[] = [];
  const model = await openHostedModel({ digest: digestOf(bytes), read: async () => bytes });
  onTestFinished(() => model.close());
  return { model, runs, queue: createModelQueue(model, (rows) => runs.push(rows)) };
}

const floats = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const rows = (...values: number[]): RawTensor => ({
  ...{ name: "x", type: "float32", dims: [values.length / 2, 2] },
  bytes: floats(values),
});
const read = (tensors: RawTensor[]) => Array.from(new Float32Array(Uint8Array.from(tensors[0]?.bytes ?? []).buffer));

test("what waits shares runs once that is proven, and each gets its own rows", async () => {
  const { queue, runs } = await open(identityOnnx("float32", ["N", 2]));
  const ask = async (count: number) => {
    const inputs = Array.from({ length: count }, (_, n) => (n % 3 === 0 ? [n, 1, n, 2] : [n, 0.5]));
    const answers = await Promise.all(inputs.map((values) => queue.run([rows(...values)], ["y"])));
    expect(answers.map(({ tensors }) => read(tensors))).toEqual(inputs);
    expect(answers.map(({ tensors }) => tensors[0]?.dims)).toEqual(inputs.map(({ length }) => [length / 2, 2]));
  };
  await ask(8);
  const proved = runs.length;
  await ask(60);
  // All 60 are there before the first run: they are 80 rows of one run.
  expect(runs.slice(proved)).toEqual([80]);
});

test("a model whose rows depend on each other is never given rows of two requests", async () => {
  const { queue } = await open(centredOnnx());
  for (let round = 0; round < 5; round++) {
    const inputs = Array.from({ length: 6 }, (_, n) => [n + 1, 0, 3 * n + 3, 4]);
    const answers = await Promise.all(inputs.map((values) => queue.run([rows(...values)], ["y"])));
    expect(answers.map(({ tensors }) => read(tensors))).toEqual(inputs.map((_, n) => [-n - 1, -2, n + 1, 2]));
  }
});

test("what the model refuses costs the others of its run nothing", async () => {
  const { queue } = await open(identityOnnx("float32", ["N", "M"]));
  const good = () => queue.run([rows(1, 2)], ["y"]);
  for (let round = 0; round < 4; round++) await Promise.all([good(), queue.run([rows(3, 4)], ["y"])]);
  const wrong = { ...rows(1, 2), bytes: new Uint8Array(3) };
  const answers = await Promise.allSettled([good(), queue.run([wrong], ["y"]), good()]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(answers[1]).toMatchObject({ reason: { kind: "invalid", code: "model_refused" } });
});

test("a killed process costs no request anything: it is tried once more", async () => {
  const { queue, model } = await open(identityOnnx("float32", ["N", 2]));
  let [done, wrong, failed, stop] = [0, 0, 0, false];
  const caller = async (number: number) => {
    for (let n = 0; !stop; n++) {
      const answer = await queue.run([rows(number, n)], ["y"]).catch(() => undefined);
      if (answer === undefined) failed += 1;
      else if (read(answer.tensors).join() !== `${number},${n}`) wrong += 1;
      else done += 1;
    }
  };
  const callers = Array.from({ length: 8 }, (_, number) => caller(number));
  for (let kill = 1; kill <= 3; kill++) {
    const before = done;
    await expect.poll(() => done, { timeout: 60_000 }).toBeGreaterThan(before + 100);
    const pid = model.pid ?? 0;
    process.kill(pid, "SIGKILL");
    await expect.poll(() => model.pid, { timeout: 60_000 }).not.toBe(pid);
  }
  stop = true;
  await Promise.all(callers);
  expect({ wrong, failed }).toEqual({ wrong: 0, failed: 0 });
});
