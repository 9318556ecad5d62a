/** Milliseconds of each call, one after another. */
export async function timed(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    await work(index);
    times.push(performance.now() - started);
  }
  return times;
}

export interface Burst {
  perSecond: number;
  p99Ms: number;
  errors: string[];
}

/** `callers` at once, each again and again for so long. */
export async function burst(
  callers: number,
  seconds: number,
  work: (caller: number, turn: number) => Promise<unknown>,
): Promise<Burst> {
  const times: number[] = [];
  const errors: string[] = [];
  const started = performance.now();
  const end = started + seconds * 1_000;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let turn = 0; performance.now() < end; turn++) {
        const before = performance.now();
        await work(caller, turn).catch((error) => errors.push(String(error)));
        times.push(performance.now() - before);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1_000;
  return { perSecond: (times.length - errors.length) / elapsed, p99Ms: quantile(times, 0.99), errors };
}

/** Runs the work for 0..count-1, so many at a time. */
export async function spread(count: number, lanes: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

/** @param fraction 0..1 */
function quantile(values: number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export const median = (values: number[]): number => quantile(values, 0.5);
