import { expect, test } from "vitest";
import { createMicroBatcher } from "#lib/serving/micro-batcher.ts";

/** A model that answers with the first pixel's value in every class, after a turn of the loop. */
async function echo(batch: Float32Array, count: number): Promise<Float32Array> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return Float32Array.from({ length: count * 10 }, (_, index) => batch[Math.floor(index / 10) * 784] ?? -1);
}

const imageOf = (value: number) => new Uint8Array(784).fill(value);

test("answers each caller with its own row, and shares calls under load", async () => {
  const sizes: number[] = [];
  const batcher = createMicroBatcher(echo, (count) => sizes.push(count));
  const answers = await Promise.all(Array.from({ length: 255 }, (_, value) => batcher.predict(imageOf(value))));
  for (const [value, answer] of answers.entries()) {
    expect(answer.length).toBe(10);
    expect(answer[9]).toBeCloseTo(value / 255, 6);
  }
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(255);
  expect(sizes.length).toBeLessThan(10);
});

test("never puts more than 256 images into one call", async () => {
  const sizes: number[] = [];
  const batcher = createMicroBatcher(echo, (count) => sizes.push(count));
  await Promise.all(Array.from({ length: 1_000 }, () => batcher.predict(imageOf(1))));
  expect(Math.max(...sizes)).toBe(256);
});

test("a failing call fails its callers and not the next ones", async () => {
  let calls = 0;
  const batcher = createMicroBatcher(
    async (batch, count) => {
      calls += 1;
      if (calls === 1) throw new Error("out of memory");
      return echo(batch, count);
    },
    () => undefined,
  );
  await expect(batcher.predict(imageOf(1))).rejects.toMatchObject({ kind: "unavailable", code: "model_failed" });
  await expect(batcher.predict(imageOf(255))).resolves.toHaveLength(10);
});

test("refuses what would wait for too long, and says when to come back", async () => {
  const batcher = createMicroBatcher(echo, () => undefined);
  const results = await Promise.allSettled(Array.from({ length: 5_000 }, () => batcher.predict(imageOf(1))));
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused.length).toBe(5_000 - 4_096);
  expect(refused[0]).toMatchObject({ reason: { kind: "limit_exceeded", code: "overloaded", retryAfterSeconds: 1 } });
});

test("is drained only when the last answer is out", async () => {
  const batcher = createMicroBatcher(echo, () => undefined);
  let answered = 0;
  const all = Array.from({ length: 600 }, () => batcher.predict(imageOf(1)).then(() => (answered += 1)));
  await batcher.drained();
  await Promise.resolve();
  expect(answered).toBeGreaterThan(256);
  await Promise.all(all);
  await batcher.drained();
  expect(answered).toBe(600);
});
