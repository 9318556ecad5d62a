/** Token buckets by key, in memory: each holds `burst`, and gains `perSecond` a second. */
export interface RateLimiter {
  /** Takes one token. Returns 0, or the seconds until there is one again. */
  take(key: string, now?: number): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Beyond this many addresses the ones that are full again are forgotten, then a tenth, the oldest. */
const MAX_KEYS = 20_000;

/**
 * @param options.perSecond how many tokens a bucket gains a second
 * @param options.burst how many it holds at most, and at first
 */
export function createRateLimiter(options: { perSecond: number; burst: number }): RateLimiter {
  const { perSecond, burst } = options;
  const buckets = new Map<string, Bucket>();
  const refilled = (bucket: Bucket, now: number) =>
    Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * perSecond);

  const makeRoom = (now: number) => {
    for (const [key, bucket] of buckets) {
      if (refilled(bucket, now) >= burst) buckets.delete(key);
    }
    for (const key of buckets.keys()) {
      if (buckets.size < MAX_KEYS * 0.9) break;
      buckets.delete(key);
    }
  };

  return {
    take(key, now = performance.now()) {
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        if (buckets.size >= MAX_KEYS) makeRoom(now);
        bucket = { tokens: burst, at: now };
        buckets.set(key, bucket);
      }
      bucket.tokens = refilled(bucket, now);
      bucket.at = now;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return (1 - bucket.tokens) / perSecond;
    },
  };
}
