/** Token buckets by key, in memory: each holds `burst`, and gains `perSecond` a second. */
export interface RateLimiter {
  /** Takes one token. Returns 0, or the seconds until there is one again. */
  take(key: string, now?: number): number;
}

export interface RateLimit {
  /** How many tokens a bucket gains a second. */
  perSecond: number;
  /** How many it holds at most, and at first. */
  burst: number;
}

/** Where the buckets of several processes are one. */
export interface SharedBuckets {
  /** Takes tokens out, even more than there are. Returns how many are left; undefined while it is out of reach. */
  spend(key: string, tokens: number, limit: RateLimit): Promise<number | undefined>;
}

interface Bucket {
  tokens: number;
  at: number;
  /** Taken here, but not yet told to the shared bucket. */
  untold: number;
  telling: boolean;
}

/** Beyond this many addresses the ones that are full again are forgotten, then a tenth, the oldest. */
const MAX_KEYS = 20_000;
const TELL_AFTER_MS = 25;

/**
 * The answer is always given from memory, at once. With `shared` the first token of a bucket is told to the others
 * immediately and what follows every 25 ms, so several processes together let through a little more than one would: what
 * arrives within that time.
 */
export function createRateLimiter(limit: RateLimit, shared?: SharedBuckets): RateLimiter {
  const { perSecond, burst } = limit;
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

  const tell = async (key: string, bucket: Bucket, others: SharedBuckets) => {
    const told = bucket.untold;
    bucket.untold = 0;
    const left = await others.spend(key, told, limit);
    if (left !== undefined) {
      bucket.tokens = left - bucket.untold;
      bucket.at = performance.now();
    }
    if (bucket.untold === 0) bucket.telling = false;
    else setTimeout(() => void tell(key, bucket, others), TELL_AFTER_MS).unref();
  };

  return {
    take(key, now = performance.now()) {
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        if (buckets.size >= MAX_KEYS) makeRoom(now);
        bucket = { tokens: burst, at: now, untold: 0, telling: false };
        buckets.set(key, bucket);
      }
      bucket.tokens = refilled(bucket, now);
      bucket.at = now;
      if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
      bucket.tokens -= 1;
      if (shared !== undefined) {
        bucket.untold += 1;
        if (!bucket.telling) {
          bucket.telling = true;
          void tell(key, bucket, shared);
        }
      }
      return 0;
    },
  };
}
