import { expect, test } from "vitest";
import { hashKey, randomStream, shuffledIndices } from "#lib/engine/random.ts";

test("streams are uniform and differ by key", () => {
  const next = randomStream(hashKey(1, 2));
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(next() * 10)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  expect(randomStream(hashKey(1, 3))()).not.toBe(randomStream(hashKey(1, 2))());
});

test("neighbouring keys give unrelated first draws", () => {
  const draws = Array.from({ length: 2_000 }, (_, key) => randomStream(hashKey(key))());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  expect(mean).toBeCloseTo(0.5, 1);
  let product = 0;
  for (let i = 1; i < draws.length; i++) product += ((draws[i] ?? 0) - 0.5) * ((draws[i - 1] ?? 0) - 0.5);
  expect(Math.abs(product / draws.length)).toBeLessThan(0.01);
});

test("a shuffle is a permutation that its key decides", () => {
  const order = shuffledIndices(1000, 7);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(shuffledIndices(1000, 7)).toEqual(order);
  expect(shuffledIndices(1000, 8)).not.toEqual(order);
});
