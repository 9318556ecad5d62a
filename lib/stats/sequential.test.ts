import { describe, expect, test } from "vitest";
import { asymptoticHalfWidth } from "#lib/stats/asymptotic-sequence.ts";
import { shareLogE, shareSequence } from "#lib/stats/beta-binomial.ts";
import { chiSquareTail } from "#lib/stats/chi-square.ts";
import { type ArmShare, differenceOfMeans, differenceOfShares } from "#lib/stats/difference.ts";
import { discordantLogE, pOfLogE } from "#lib/stats/discordant.ts";
import { errorShareLogE, goodEnoughLogE } from "#lib/stats/error-share.ts";
import golden from "#lib/stats/golden-sequential.json" with { type: "json" };
import { groupSequentialBounds, type Spending, spentAlpha } from "#lib/stats/group-sequential.ts";
import { binomialCdf, incompleteBeta } from "#lib/stats/incomplete-beta.ts";
import { logBeta } from "#lib/stats/log-beta.ts";
import { logGamma } from "#lib/stats/log-gamma.ts";
import { mixtureConstant } from "#lib/stats/mixture.ts";
import { afterLook, type MsprtLook, msprt } from "#lib/stats/msprt.ts";
import { mulberry32 } from "#lib/stats/mulberry32.ts";
import { benjaminiHochberg, bonferroni, holm } from "#lib/stats/multiplicity.ts";
import { matureLabels, nonInferiority } from "#lib/stats/non-inferiority.ts";
import { normalQuantile } from "#lib/stats/normal.ts";
import { normalCdf } from "#lib/stats/normal-cdf.ts";
import { firstPeekingClaim, pooledZ } from "#lib/stats/peeking.ts";
import { quantileRankSequence, quantileRanks, sameQuantileLogE } from "#lib/stats/quantile-sequence.ts";
import { sampleRatio } from "#lib/stats/sample-ratio.ts";
import { ALWAYS_VALID_INFLATION, detectableRise, planPairs, planShares } from "#lib/stats/sample-size.ts";

/** Within 1e-6, as the golden values ask. */
function expectNear(got: number, wanted: number | null | undefined, tolerance = 1e-6): void {
  expect(Math.abs(got - (wanted ?? Number.NaN))).toBeLessThan(tolerance);
}

/** A pair of the fixture as successes of trials. */
const arm = ([hits = Number.NaN, count = Number.NaN]: number[]): ArmShare => ({ hits, count });

describe("golden values", () => {
  test.each(golden.mixture_tuning)("the mixture's constant at $alpha for $nstar", ({ alpha, nstar, ...wanted }) => {
    expectNear(mixtureConstant(alpha), wanted.K_exact);
    expectNear(mixtureConstant(alpha) / nstar, wanted.rho2_exact);
  });

  test.each(golden.msprt_two_proportions)("mSPRT of $control and $treatment", (given) => {
    const { tau, alpha } = given;
    const difference = differenceOfShares(arm(given.control), arm(given.treatment));
    expectNear(difference.estimate, given.delta);
    expectNear(difference.variance, given.V);
    const look = msprt(difference, { tau, alpha });
    expectNear(look.logLikelihoodRatio, given.log_lr);
    expectNear(look.p, given.p_always_valid_single_look);
    expectNear(look.lower, given.ci[0]);
    expectNear(look.upper, given.ci[1]);
  });

  test.each(golden.msprt_two_means)("mSPRT of the means $control.mean and $treatment.mean", (given) => {
    const mean = ({ n, ...rest }: { mean: number; sd: number; n: number }) => ({ ...rest, count: n });
    const difference = differenceOfMeans(mean(given.control), mean(given.treatment));
    expectNear(difference.variance, given.V, 1e-12);
    const look = msprt(difference, { tau: given.tau, alpha: given.alpha });
    expectNear(look.logLikelihoodRatio, given.log_lr);
    expectNear(look.p, given.p);
    expectNear(look.lower, given.ci[0]);
    expectNear(look.upper, given.ci[1]);
  });

  test("a running mSPRT", () => {
    for (const { tau, alpha, looks } of golden.msprt_running_path) {
      let running: MsprtLook | null = null;
      for (const given of looks) {
        const look = msprt(differenceOfShares(arm(given.control), arm(given.treatment)), { tau, alpha });
        running = afterLook(running, look);
        expectNear(look.logLikelihoodRatio, given.log_lr);
        expectNear(look.lower, given.ci[0]);
        expectNear(running.p, given.p_running);
        expectNear(running.lower, given.ci_running_intersection[0]);
        expectNear(running.upper, given.ci_running_intersection[1]);
      }
    }
  });

  test.each(golden.asymptotic_confidence_sequence)(
    "the confidence sequence at $t",
    ({ sd, t, alpha, rho2, ...wanted }) => {
      const two = asymptoticHalfWidth(sd, t, { alpha, rho2 });
      expectNear(two, wanted.half_two_sided);
      expectNear(asymptoticHalfWidth(sd, t, { alpha, rho2, sides: 1 }), wanted.half_one_sided_same_rho);
      expectNear((normalQuantile(1 - alpha / 2) * sd) / Math.sqrt(t), wanted.fixed_z_half);
      expectNear(two / wanted.fixed_z_half, wanted.ratio);
    },
  );

  test.each(golden.beta_binomial_e_value)("the share $k of $n", ({ k, n, p0, prior, log_e, cs95 }) => {
    const [a = 0, b = 0] = prior;
    expectNear(shareLogE(k, n, p0, [a, b]), log_e);
    const { lower, upper } = shareSequence(k, n, [a, b]);
    expectNear(lower, cs95[0]);
    expectNear(upper, cs95[1]);
  });

  test.each(golden.paired_sequential_discordant_e_value)(
    "$b against $c discordant pairs",
    ({ b, c, prior, log_e, p }) => {
      expectNear(discordantLogE(b, c, prior), log_e);
      expectNear(pOfLogE(discordantLogE(c, b, prior)), p);
    },
  );

  test.each(golden.error_share_e_process)("the share of errors, ln E $log_e", (given) => {
    const counts = given.steps.map((step) => ({
      canaryWeight: step.canary_weight,
      canaryErrors: step.canary_errors,
      baselineErrors: step.baseline_errors,
    }));
    const ratios = given.rate_ratio_grid;
    const toleratedRatio = given.tolerated_ratio;
    expectNear(errorShareLogE(counts, { ratios, toleratedRatio }), given.log_e);
    expectNear(pOfLogE(errorShareLogE(counts, { ratios, toleratedRatio })), given.p);
    expect(given.log_e >= -Math.log(0.05)).toBe(given.reject_at_0_05);
  });

  test.each(golden.srm)("the ratio of $counts", ({ counts, expected_share, concentration, ...wanted }) => {
    const got = sampleRatio(counts, expected_share, concentration);
    expectNear(got.logBayesFactor, wanted.log_bf);
    expectNear(got.p, wanted.p_sequential_single_look);
    expectNear(got.chiSquare, wanted.chi2);
    expectNear(got.chiSquareP, wanted.p_chi2);
  });

  test.each(golden.group_sequential_bounds)("bounds by $spending $phi at $information", (given) => {
    const bounds = groupSequentialBounds(given.information, spendingOf(given), given.alpha);
    for (const [look, { z, cumulativeAlpha }] of bounds.entries()) {
      expectNear(z, given.z[look], 1e-5);
      expectNear(cumulativeAlpha, given.cumulative_alpha[look]);
      if (given.nominal_p) expectNear(2 * normalCdf(-z), given.nominal_p[look]);
    }
  });

  test.each(golden.two_proportion_sample_size)("cases to tell $p1 from $p2", ({ p1, p2, alpha, power, ...wanted }) => {
    const planned = planShares(p1, p2, { alpha, power, ratio: wanted.ratio_n2_over_n1 });
    expectNear(planned, wanted.n1_pooled);
    expect(Math.ceil(planned)).toBe(wanted.n1_ceiling);
  });

  test.each(golden.mcnemar_sample_size)("pairs for McNemar: $n_pairs", (given) => {
    const { p_challenger_only: challenger, p_champion_only: champion, ...options } = given;
    expectNear(planPairs(challenger, champion, options), given.n_pairs);
  });

  test("mulberry32", () => {
    const random = mulberry32(golden.mulberry32.seed);
    expect(golden.mulberry32.first5.map(() => random())).toEqual(golden.mulberry32.first5);
  });

  test.each(golden.quantile_rank_intervals)("ranks of the quantile $q of $n", ({ n, q, fixed_n, always_valid }) => {
    expect(quantileRanks(n, q)).toEqual({ lowerRank: fixed_n.lower_rank, upperRank: fixed_n.upper_rank });
    const coverage = binomialCdf(fixed_n.upper_rank - 1, n, q) - binomialCdf(fixed_n.lower_rank - 1, n, q);
    expectNear(coverage, fixed_n.coverage);
    expect(quantileRankSequence(n, q, 0.05, always_valid.prior_concentration)).toEqual({
      lowerRank: always_valid.lower_rank,
      upperRank: always_valid.upper_rank,
    });
  });

  test.each(golden.sequential_quantile_equality)("the same quantile $q, ln E $log_e", (given) => {
    const sample = ({ seed, n, scale }: { seed: number; n: number; scale: number }) => {
      const random = mulberry32(seed);
      return Float64Array.from({ length: n }, () => -Math.log1p(-random()) * scale);
    };
    const logE = sameQuantileLogE(sample(given.control), sample(given.treatment), given.q, given.concentration);
    expectNear(logE, given.log_e);
    expectNear(pOfLogE(logE), given.p);
  });

  test.each(golden.two_independent_proportions)("the pooled z of $a and $b", ({ a, b, pooled_z, pooled_p }) => {
    const { z, p } = pooledZ(arm(b), arm(a));
    expectNear(z, pooled_z);
    expectNear(p, pooled_p);
  });

  test("adjusted p-values", () => {
    for (const { p, ...wanted } of golden.multiplicity) {
      for (const [got, values] of [
        [holm(p), wanted.holm],
        [benjaminiHochberg(p), wanted.bh],
        [bonferroni(p), wanted.bonferroni],
      ] as const) {
        for (const [index, value] of values.entries()) expectNear(got[index] ?? Number.NaN, value);
      }
    }
    expect(holm([0.04, 0.01])).toEqual([0.04, 0.02]);
    expect(benjaminiHochberg([0.04, 0.01])).toEqual([0.04, 0.02]);
  });

  test.each(golden.special_functions)("$fn of $x $k", (given) => {
    const { x = Number.NaN, df = Number.NaN, k = Number.NaN, n = Number.NaN, p = Number.NaN } = given;
    const values: Record<string, () => number> = {
      norm_ppf: () => normalQuantile(x),
      norm_cdf: () => normalCdf(x),
      chi2_sf: () => chiSquareTail(x, df),
      lgamma: () => logGamma(x),
      binom_cdf: () => binomialCdf(k, n, p),
      // The distribution at the quantile is the probability: P(T ≤ t) = 1 − I_{df/(df + t²)}(df/2, ½)/2 for t > 0.
      t_ppf: () => given.y + (1 - incompleteBeta(df / (df + given.y ** 2), df / 2, 0.5) / 2 - p),
    };
    const got = values[given.fn]?.() ?? Number.NaN;
    expectNear(got, given.y, 1e-6 * Math.max(1, Math.abs(given.y) / 1e3));
  });
});

function spendingOf({ spending, phi }: { spending: string; phi: number | null }): Spending {
  if (spending === "power") return { kind: "power", phi: phi ?? Number.NaN };
  if (spending === "obf" || spending === "obf_total" || spending === "pocock") return { kind: spending };
  throw new Error(`the fixture has an unknown spending: ${spending}`);
}

test("the normal distribution keeps its digits far out, and both ways agree where they meet", () => {
  // scipy.stats.norm.cdf
  expect(normalCdf(-10) / 7.61985302416052e-24 - 1).toBeCloseTo(0, 10);
  expect(normalCdf(-3 + 1e-9) / normalCdf(-3 - 1e-9) - 1).toBeCloseTo(0, 7);
  for (const p of [1e-12, 1e-4, 0.3, 0.5, 0.97]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 10);
});

test("ln B keeps its digits at large counts", () => {
  // B(a, b + 1) = B(a, b)·b/(a + b), which differences of ln Γ at this size lose.
  const [a, b] = [3e7, 7e7];
  expect(logBeta(a, b + 1) - logBeta(a, b)).toBeCloseTo(Math.log(b / (a + b)), 6);
  for (const [x, y] of [
    [0.5, 9],
    [9.99, 10.01],
    [2, 40],
    [30, 11],
  ] as const) {
    expect(logBeta(x, y)).toBeCloseTo(logGamma(x) + logGamma(y) - logGamma(x + y), 11);
    expect(logBeta(y, x)).toBe(logBeta(x, y));
  }
});

test("a canary is shown good enough only by errors that fall on the baseline", () => {
  const at = (canaryErrors: number, baselineErrors: number) => [{ canaryWeight: 0.5, canaryErrors, baselineErrors }];
  expect(goodEnoughLogE(at(20, 100), 1.2)).toBeGreaterThan(-Math.log(0.05));
  expect(goodEnoughLogE(at(60, 60), 1.2)).toBeLessThan(-Math.log(0.05));
  expect(goodEnoughLogE([], 1.2)).toBe(0);
  // One cannot be both.
  expect(errorShareLogE(at(20, 100), { toleratedRatio: 1.2 })).toBeLessThan(0);
  expect(() => errorShareLogE([{ canaryWeight: 1, canaryErrors: 0, baselineErrors: 0 }])).toThrow(RangeError);
  expect(() => errorShareLogE(at(1, 1), { ratios: [1], toleratedRatio: 1 })).toThrow(RangeError);
});

test("accuracy: no data, too little, good enough, worse", () => {
  const judge = (control: ArmShare, treatment: ArmShare) => nonInferiority({ control, treatment }, { margin: 0.02 });
  expect(judge({ hits: 0, count: 0 }, { hits: 9, count: 10 }).verdict).toBe("no_data");
  expect(judge({ hits: 9, count: 10 }, { hits: 9, count: 10 }).verdict).toBe("inconclusive");
  expect(judge({ hits: 450, count: 500 }, { hits: 450, count: 500 }).verdict).toBe("inconclusive");
  expect(judge({ hits: 18_000, count: 20_000 }, { hits: 18_000, count: 20_000 }).verdict).toBe("pass");
  expect(judge({ hits: 18_000, count: 20_000 }, { hits: 16_800, count: 20_000 }).verdict).toBe("fail");
});

test("labels count once they had the time to come", () => {
  const at = (untilMs: number, count: number) => ({
    untilMs,
    control: { hits: count - 1, count },
    treatment: { hits: count, count },
  });
  const got = matureLabels([at(0, 30), at(500, 10), at(501, 10)], { nowMs: 1_500, labelDelayMs: 1_000 });
  expect(got).toEqual({ control: { hits: 38, count: 40 }, treatment: { hits: 40, count: 40 }, immatureShare: 0.2 });
});

test("peeking claims where the honest interval does not", () => {
  const looks = golden.msprt_running_path.flatMap(({ looks: given }) =>
    given.map(({ control, treatment }) => ({ control: arm(control), treatment: arm(treatment) })),
  );
  expect(firstPeekingClaim(looks)?.look).toBe(2);
  expect(firstPeekingClaim(looks.slice(0, 2))).toBeNull();
  expect(firstPeekingClaim([])).toBeNull();
});

test("what can be detected is what was planned for", () => {
  const rise = detectableRise(0.1, 3_841) ?? Number.NaN;
  expect(rise).toBeCloseTo(0.02, 5);
  expect(detectableRise(0.1, 3_841 * ALWAYS_VALID_INFLATION)).toBeLessThan(rise);
  expect(detectableRise(0.9, 3)).toBeNull();
});

test("bad input is refused with what would be right", () => {
  expect(() => mixtureConstant(1)).toThrow("strictly between 0 and 1");
  expect(() => msprt({ estimate: 0, variance: 1 }, { tau: 0 })).toThrow("tau above 0");
  expect(msprt({ estimate: 0, variance: 0 }, { tau: 1 }).p).toBe(1);
  expect(() => sampleRatio([1, 2], [0.5, 0.4])).toThrow("sum to 1");
  expect(() => groupSequentialBounds([0.5, 0.5], { kind: "obf" })).toThrow("increasing");
  expect(() => planShares(0.1, 0.1)).toThrow("different");
  expect(spentAlpha({ kind: "pocock" }, 1, 0.05)).toBeCloseTo(0.05, 12);
});
