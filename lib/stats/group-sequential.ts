import { checkAlpha } from "#lib/stats/mixture.ts";
import { normalQuantile } from "#lib/stats/normal.ts";
import { normalCdf, normalDensity } from "#lib/stats/normal-cdf.ts";

/**
 * How the error rate is spent over the information t = n/N, for both sides together: `obf` spends 4 − 4Φ(z_{1−α/4}/√t)
 * (little at first; the convention of gsDesign and ldbounds), `pocock` α·ln(1 + (e − 1)t), `power` α·t^φ.
 */
export type Spending = { kind: "obf" | "obf_total" | "pocock" } | { kind: "power"; phi: number };

/** The error rate spent up to the information t in (0, 1]. */
export function spentAlpha(spending: Spending, t: number, alpha: number): number {
  switch (spending.kind) {
    case "obf":
      return 4 * normalCdf(-normalQuantile(1 - alpha / 4) / Math.sqrt(t));
    case "obf_total":
      return 2 * normalCdf(-normalQuantile(1 - alpha / 2) / Math.sqrt(t));
    case "pocock":
      return alpha * Math.log1p((Math.E - 1) * t);
    case "power":
      return alpha * t ** spending.phi;
  }
}

export interface Bound {
  /** Information of this look, 0..1. */
  information: number;
  /** Stop where |z| reaches this. */
  z: number;
  cumulativeAlpha: number;
}

/**
 * The two-sided symmetric bounds of a group-sequential test (Lan and DeMets, Biometrika 1983), by recursive integration of
 * the density of what has not stopped yet. Looks may fall at any information as long as their timing does not depend on
 * the results.
 *
 * @param information increasing, in (0, 1]
 */
export function groupSequentialBounds(information: readonly number[], spending: Spending, alpha = 0.05): Bound[] {
  checkAlpha(alpha);
  if (information.some((t, look) => !(t > (information[look - 1] ?? 0) && t <= 1))) {
    throw new RangeError(`looks at increasing information in (0, 1] are needed, got ${information}`);
  }
  const bounds: Bound[] = [];
  let kept: Grid | null = null;
  let spent = 0;
  for (const [look, t] of information.entries()) {
    const cumulativeAlpha = spentAlpha(spending, t, alpha);
    const step = { before: information[look - 1] ?? 0, now: t };
    const side = (cumulativeAlpha - spent) / 2;
    const z: number = kept === null ? -normalQuantile(side) : solve(kept, step, side);
    bounds.push({ information: t, z, cumulativeAlpha });
    kept = gridOf(z, kept === null ? normalDensity : densityAfter(kept, step));
    spent = cumulativeAlpha;
  }
  return bounds;
}

/** Points between −z and z, and the density there times the weight of Simpson's rule. */
interface Grid {
  points: Float64Array;
  masses: Float64Array;
}

interface Step {
  before: number;
  now: number;
}

const INTERVALS = 800;

function gridOf(z: number, density: (x: number) => number): Grid {
  const width = (2 * z) / INTERVALS;
  const points = Float64Array.from({ length: INTERVALS + 1 }, (_, index) => -z + index * width);
  const masses = points.map((x, index) => {
    const weight = index === 0 || index === INTERVALS ? 1 : index % 2 === 1 ? 4 : 2;
    return (weight * width * density(x)) / 3;
  });
  return { points, masses };
}

/** The density of z at this look among what went on after the look before. */
function densityAfter({ points, masses }: Grid, { before, now }: Step): (x: number) => number {
  const [root, scale] = [Math.sqrt(before), 1 / Math.sqrt(now - before)];
  return (x) => {
    const at = x * Math.sqrt(now);
    let sum = 0;
    for (let i = 0; i < points.length; i++) {
      sum += (masses[i] ?? 0) * normalDensity((at - (points[i] ?? 0) * root) * scale);
    }
    return sum * Math.sqrt(now) * scale;
  };
}

/** The bound beyond which, on one side, `side` of the probability lies. */
function solve({ points, masses }: Grid, { before, now }: Step, side: number): number {
  const [root, scale] = [Math.sqrt(before), 1 / Math.sqrt(now - before)];
  const beyond = (z: number) => {
    let sum = 0;
    for (let i = 0; i < points.length; i++) {
      sum += (masses[i] ?? 0) * normalCdf(((points[i] ?? 0) * root - z * Math.sqrt(now)) * scale);
    }
    return sum;
  };
  let [low, high] = [0, 20];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (beyond(middle) > side) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
