import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createLogger } from "#lib/platform/logger.ts";
import type { RateLimiter } from "#lib/platform/rate-limit.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { hasRedis, startRedis, type TestRedis } from "#lib/testing/redis.ts";

describe.skipIf(!(await hasRedis()))("limits that several processes share by Redis", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** As another process would have it: everything of its own but Redis. */
  function process(runtime: Runtime, url: string): Runtime & { close(): void } {
    const singletons = new Map<string, unknown>();
    const closers: (() => unknown)[] = [];
    return {
      ...runtime,
      env: { ...runtime.env, REDIS_URL: url },
      logger: createLogger({ level: "fatal", name: "test" }),
      singleton: <T>(name: string, make: () => T): T => {
        if (!singletons.has(name)) singletons.set(name, make());
        return singletons.get(name) as T;
      },
      onClose: (close) => void closers.push(close),
      close: () => closers.forEach((close) => void close()),
    };
  }

  const passes = (limiter: RateLimiter, key: string, tries: number) =>
    Array.from({ length: tries }, () => limiter.take(key)).filter((wait) => wait === 0).length;

  /** Until the process has its connection: what it takes is told. */
  async function ready(limiter: RateLimiter, other: RateLimiter) {
    await expect
      .poll(async () => {
        const key = `ready-${performance.now()}`;
        passes(limiter, key, 10);
        await sleep(100);
        passes(other, key, 1);
        await sleep(50);
        return other.take(key);
      })
      .toBeGreaterThan(0);
  }

  pgTest("what one process lets through is gone for the other", async ({ runtime }) => {
    const [a, b] = [process(runtime, redis.url), process(runtime, redis.url)];
    const limit = { perSecond: 0.01, burst: 10 };
    const [first, second] = [rateLimiter(a, "test", limit), rateLimiter(b, "test", limit)];
    try {
      await ready(first, second);
      expect(passes(first, "10.0.0.1", 30)).toBe(10);
      // Its first requests are answered from memory, and ask.
      await expect.poll(() => passes(second, "10.0.0.1", 1)).toBe(0);
      expect(passes(second, "10.0.0.1", 30)).toBe(0);
      expect(second.take("10.0.0.1")).toBeGreaterThan(60);
      expect(passes(second, "10.0.0.2", 30)).toBe(10);

      let passed = 0;
      for (let index = 0; index < 40; index += 1) {
        passed += passes(first, "10.0.0.3", 1) + passes(second, "10.0.0.3", 1);
        await sleep(5);
      }
      expect(passed).toBeGreaterThanOrEqual(10);
      expect(passed).toBeLessThanOrEqual(20);
    } finally {
      a.close();
      b.close();
    }
  });

  pgTest("while Redis is away each counts for itself, and answers at once", async ({ runtime }) => {
    const own = await startRedis();
    const alone = process(runtime, own.url);
    const limiter = rateLimiter(alone, "away", { perSecond: 0.01, burst: 5 });
    try {
      expect(passes(limiter, "before", 10)).toBe(5);
      await own.stop();
      expect(passes(limiter, "after", 10)).toBe(5);
      await sleep(200);
      expect(limiter.take("after")).toBeGreaterThan(0);
    } finally {
      alone.close();
    }
  });
});
