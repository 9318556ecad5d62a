import { expect, test } from "vitest";
import { aimdLimit } from "#lib/serving/limits/aimd.ts";
import golden from "#lib/serving/limits/golden.json" with { type: "json" };
import { Gradient2 } from "#lib/serving/limits/gradient2.ts";

test.each([
  [20, golden.gradient2.limit_after_each],
  [1, golden.gradient2.limit_after_each_min1],
])("Gradient2 follows the golden trace with a minimum of %i", (minLimit, wanted) => {
  const limiter = new Gradient2({ minLimit });
  const got = golden.gradient2.trace_rtt_inflight.map(([latencyMs = 0, inFlight = 0]) =>
    limiter.sample(latencyMs, inFlight),
  );
  expect(got.length).toBe(wanted.length);
  for (const [index, limit] of wanted.entries()) expect(got[index]).toBeCloseTo(limit, 9);
});

test("AIMD follows the golden trace", () => {
  let limit = golden.aimd.defaults.initial;
  const got = golden.aimd.trace_rtt_inflight_dropped.map(([latencyMs, inFlight, isDropped]) => {
    const request = { latencyMs: Number(latencyMs), inFlight: Number(inFlight), isDropped: isDropped === true };
    limit = aimdLimit(limit, request, { minLimit: golden.aimd.defaults.min });
    return limit;
  });
  expect(got).toEqual(golden.aimd.limit_after_each);
});

test("a limit never leaves its bounds", () => {
  const limiter = new Gradient2({ minLimit: 1, maxLimit: 30 });
  for (let index = 0; index < 200; index++) limiter.sample(1, 100);
  expect(limiter.limit).toBe(30);
  for (let index = 0; index < 20; index++) limiter.sample(1_000, 100);
  expect(limiter.limit).toBeGreaterThanOrEqual(1);
  expect(limiter.limit).toBeLessThan(30);
  expect(() => limiter.sample(0, 1)).toThrow(RangeError);
  let limit = 3;
  for (let index = 0; index < 9; index++) limit = aimdLimit(limit, { latencyMs: 1, inFlight: 1, isDropped: true });
  expect(limit).toBe(2);
});
