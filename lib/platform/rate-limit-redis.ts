import { Redis } from "ioredis";
import { messageOf } from "#lib/platform/errors.ts";
import type { Logger } from "#lib/platform/logger.ts";
import { createRateLimiter, type RateLimit, type RateLimiter, type SharedBuckets } from "#lib/platform/rate-limit.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** Refills a bucket by Redis's own clock and takes out what was spent. A bucket that is full again is forgotten. */
const SPEND = `
local spent, perSecond, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call("TIME")
local now = time[1] * 1000 + time[2] / 1000
local bucket = redis.call("HMGET", KEYS[1], "tokens", "at")
local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) / 1000 * perSecond) - spent
if tokens < -burst then tokens = -burst end
redis.call("HSET", KEYS[1], "tokens", tostring(tokens), "at", tostring(now))
redis.call("PEXPIRE", KEYS[1], math.ceil((burst - tokens) / perSecond * 1000) + 1000)
return tostring(tokens)`;

/**
 * The process's limiter of this name. With REDIS_URL its buckets are shared by every process; while Redis is away each
 * counts for itself.
 */
export function rateLimiter(runtime: Runtime, name: string, limit: RateLimit): RateLimiter {
  return runtime.singleton(name, () => createRateLimiter(limit, sharedBuckets(runtime, name)));
}

function sharedBuckets(runtime: Runtime, name: string): SharedBuckets | undefined {
  const { REDIS_URL: url, ASSAY_QUEUE_PREFIX: prefix } = runtime.env;
  if (url === undefined) return undefined;
  const redis = runtime.singleton("platform.rate-limit-redis", () => {
    const opened = openRedis(url, runtime.logger);
    runtime.onClose(() => opened.disconnect());
    return opened;
  });
  return {
    async spend(key, tokens, { perSecond, burst }) {
      try {
        const left = await redis.eval(SPEND, 1, `${prefix}:rate:${name}:${key}`, tokens, perSecond, burst);
        return Number(left);
      } catch {
        return undefined;
      }
    },
  };
}

function openRedis(url: string, logger: Logger): Redis {
  // Nothing waits for it: a command fails at once while the connection is gone.
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
  let isAway = false;
  redis.on("error", (error) => {
    if (!isAway) logger.warn({ error: messageOf(error) }, "rate limits count by process until Redis is back");
    isAway = true;
  });
  redis.on("ready", () => {
    isAway = false;
  });
  return redis;
}
