interface AimdOptions {
  minLimit: number;
  maxLimit: number;
  /** What is left of the limit after a drop, 0..1. */
  backoff: number;
  timeoutMs: number;
}

const DEFAULTS: AimdOptions = { minLimit: 2, maxLimit: 200, backoff: 0.9, timeoutMs: 5_000 };

/**
 * The limit after one request: one more while at least half of it is in use, a tenth less after a request that was dropped
 * or took longer than the timeout.
 */
export function aimdLimit(
  limit: number,
  { latencyMs, inFlight, isDropped }: { latencyMs: number; inFlight: number; isDropped: boolean },
  options: Partial<AimdOptions> = {},
): number {
  const { minLimit, maxLimit, backoff, timeoutMs } = { ...DEFAULTS, ...options };
  const isLost = isDropped || latencyMs > timeoutMs;
  const next = isLost ? Math.floor(limit * backoff) : 2 * inFlight >= limit ? limit + 1 : limit;
  return Math.min(maxLimit, Math.max(minLimit, next));
}
