import { expect, test } from "vitest";
import { createRateLimiter } from "#lib/platform/rate-limit.ts";

test("lets the burst through, then as many a second as it gains", () => {
  const limiter = createRateLimiter({ perSecond: 60, burst: 200 });
  const passed = (now: number, tries: number) =>
    Array.from({ length: tries }, () => limiter.take("a", now)).filter((wait) => wait === 0).length;
  expect(passed(0, 500)).toBe(200);
  expect(passed(1_000, 500)).toBe(60);
  expect(passed(1_500, 500)).toBe(30);
  expect(passed(60_000, 500)).toBe(200);
});

test("tells how long to wait", () => {
  const limiter = createRateLimiter({ perSecond: 2, burst: 1 });
  limiter.take("a", 0);
  expect(limiter.take("a", 0)).toBeCloseTo(0.5);
  expect(limiter.take("a", 250)).toBeCloseTo(0.25);
  expect(limiter.take("a", 500)).toBe(0);
});

test("counts each address for itself, and does not grow without end", () => {
  const limiter = createRateLimiter({ perSecond: 1, burst: 1 });
  expect(limiter.take("a", 0)).toBe(0);
  expect(limiter.take("b", 0)).toBe(0);
  expect(limiter.take("a", 0)).toBeGreaterThan(0);
  for (let index = 0; index < 30_000; index += 1) limiter.take(`other-${index}`, 1);
  // The oldest were forgotten to make room.
  expect(limiter.take("a", 2)).toBe(0);
});
