import type { TrainingDrift } from "#lib/approvals/evidence/schemas.ts";
import { type InkMeasures, measureInk } from "#lib/engine/measure-ink.ts";
import { kolmogorovSmirnov } from "#lib/stats/kolmogorov-smirnov.ts";
import { psi } from "#lib/stats/psi.ts";

/** A training set: images n × 784 bytes, and how many of each digit it has. */
export interface TrainingImages {
  images: Uint8Array;
  classCounts: readonly number[];
}

const BINS = 10;
/** More than this share of ink has no digit: a full stroke covers about a seventh of the image. */
const INK_RANGE = 0.4;

/** How the candidate's training set differs from the champion's. The same object twice: the same data. */
export async function trainingDrift(candidate: TrainingImages, champion: TrainingImages): Promise<TrainingDrift> {
  const ours = await measureInk(candidate.images);
  const theirs = candidate === champion ? ours : await measureInk(champion.images);
  return {
    sameData: candidate === champion,
    candidateShares: sharesOf(candidate.classCounts),
    championShares: sharesOf(champion.classCounts),
    classPsi: psi(candidate.classCounts, champion.classCounts),
    ink: measureDrift(ours, theirs, "ink", INK_RANGE),
    brightness: measureDrift(ours, theirs, "brightness", 1),
  };
}

function measureDrift(
  candidate: InkMeasures,
  champion: InkMeasures,
  measure: keyof InkMeasures,
  range: number,
): TrainingDrift["ink"] {
  const [ours, theirs] = [candidate[measure], champion[measure]];
  const [ourBins, theirBins] = [histogram(ours, range), histogram(theirs, range)];
  const { statistic, p } = kolmogorovSmirnov(ours, theirs);
  return {
    candidateMean: meanOf(ours),
    championMean: meanOf(theirs),
    psi: psi(ourBins, theirBins),
    ks: statistic,
    ksP: p,
    candidateHistogram: sharesOf(ourBins),
    championHistogram: sharesOf(theirBins),
  };
}

/** Ten equal bins over 0..range; what lies above is in the last one. */
function histogram(values: Float64Array, range: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value / range) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

function meanOf(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
