import type { PredictReply } from "#lib/serving/schemas.ts";

/** Below this difference between the best two probabilities the answer is not told as one. */
const SURE_MARGIN = 0.25;

export interface Verdict {
  sure: boolean;
  best: number;
  second: number;
  /** Probability of `best`, 0..1. */
  confidence: number;
  secondConfidence: number;
}

/** The two likeliest digits, and whether the first leads clearly. */
export function verdictOf({ probabilities }: Pick<PredictReply, "probabilities">): Verdict {
  const order = probabilities
    .map((_, digit) => digit)
    .sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  const best = order[0] ?? 0;
  const second = order[1] ?? 0;
  const confidence = probabilities[best] ?? 0;
  const secondConfidence = probabilities[second] ?? 0;
  return { sure: confidence - secondConfidence >= SURE_MARGIN, best, second, confidence, secondConfidence };
}
