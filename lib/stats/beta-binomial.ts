import { logBeta } from "#lib/stats/log-beta.ts";
import { checkAlpha } from "#lib/stats/mixture.ts";
import type { StatInterval } from "#lib/stats/wilson.ts";

/** Successes and failures that one expects beforehand, worth 50–100 cases in all: (1, 99) for errors. */
export type BetaPrior = readonly [hits: number, misses: number];

/**
 * ln E of "the share is p0" after `hits` of `count`: a beta-binomial mixture against it. Exact for every count, and at all
 * times at once: reject where E ≥ 1/α.
 */
export function shareLogE(hits: number, count: number, p0: number, [a, b]: BetaPrior): number {
  checkShare(hits, count);
  return logBeta(a + hits, b + count - hits) - logBeta(a, b) - timesLog(hits, p0) - timesLog(count - hits, 1 - p0);
}

/** All shares that {@link shareLogE} does not reject: an always-valid interval of one share, exact for every count. */
export function shareSequence(hits: number, count: number, prior: BetaPrior, alpha = 0.05): StatInterval {
  checkAlpha(alpha);
  checkShare(hits, count);
  const estimate = count === 0 ? prior[0] / (prior[0] + prior[1]) : hits / count;
  const isKept = (p0: number) => shareLogE(hits, count, p0, prior) < -Math.log(alpha);
  return {
    estimate,
    lower: isKept(0) ? 0 : bisect(0, estimate, isKept),
    upper: isKept(1) ? 1 : bisect(1, estimate, isKept),
  };
}

/** The border between `outside` and `inside`. */
function bisect(outside: number, inside: number, isInside: (x: number) => boolean): number {
  let [out, within] = [outside, inside];
  for (let step = 0; step < 60; step++) {
    const middle = (out + within) / 2;
    if (isInside(middle)) within = middle;
    else out = middle;
  }
  return (out + within) / 2;
}

function timesLog(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p);
}

function checkShare(hits: number, count: number): void {
  if (!(count >= 0 && hits >= 0 && hits <= count)) throw new RangeError(`${hits} of ${count} is no proportion`);
}
