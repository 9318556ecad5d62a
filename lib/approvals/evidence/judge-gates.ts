import type { Evidence, Gate, GateResult } from "#lib/approvals/evidence/schemas.ts";

/** What a gate may need beside the evidence. */
export interface GateContext {
  now: Date;
  /** Titles of the model card's sections that a person must still write. */
  cardMissing: readonly string[];
}

const HOUR_MS = 3_600_000;

/**
 * Says of each gate whether it holds. Pure and browser-safe. Without evidence every gate but `card_complete` is open;
 * gates that compare hold where nothing is in Production yet.
 */
export function judgeGates(gates: readonly Gate[], evidence: Evidence | null, context: GateContext): GateResult[] {
  return gates.map((gate) => judge(gate, evidence, context));
}

function judge(gate: Gate, evidence: Evidence | null, context: GateContext): GateResult {
  const threshold = "threshold" in gate ? gate.threshold : null;
  const result = (value: number | null, holds: boolean, why: string): GateResult => ({
    kind: gate.kind,
    threshold,
    value,
    holds,
    why,
  });

  if (gate.kind === "card_complete") {
    const { cardMissing } = context;
    return cardMissing.length === 0
      ? result(0, true, "The model card is complete.")
      : result(cardMissing.length, false, `The model card still lacks: ${cardMissing.join(", ")}.`);
  }
  if (evidence === null) {
    return result(null, false, "The evidence is not there yet.");
  }
  const { facts, measured } = evidence;
  switch (gate.kind) {
    case "accuracy_lower_bound": {
      if (facts.comparison === null) return result(null, true, NOTHING_TO_COMPARE);
      const { lower } = facts.comparison.difference;
      const said = `With 95 % confidence the accuracy changes by ${points(lower)} or better; ${points(gate.threshold)} or better is asked.`;
      return result(lower, lower >= gate.threshold, said);
    }
    case "p99_latency_ms": {
      const { p99Ms } = measured.latency.candidate;
      const said = `99 of 100 images take at most ${p99Ms.toFixed(2)} ms; at most ${gate.threshold} ms is asked.`;
      return result(p99Ms, p99Ms <= gate.threshold, said);
    }
    case "class_recall_drop": {
      if (facts.comparison === null) return result(null, true, NOTHING_TO_COMPARE);
      const drops = facts.comparison.perClass.filter(({ support }) => support > 0);
      const worst = drops.reduce<{ label: number; drop: number } | null>((most, { label, recall }) => {
        const drop = -recall.estimate;
        return most === null || drop > most.drop ? { label, drop } : most;
      }, null);
      if (worst === null) return result(null, false, "The test set has no images.");
      const found =
        worst.drop > 0
          ? `The recall of digit ${worst.label} falls by ${points(worst.drop)}, the most of all`
          : "No digit's recall falls";
      return result(
        worst.drop,
        worst.drop <= gate.threshold,
        `${found}; at most ${points(gate.threshold)} is allowed.`,
      );
    }
    case "evidence_age_hours": {
      const hours = Math.max(0, (context.now.getTime() - Date.parse(measured.at)) / HOUR_MS);
      const said = `The evidence is ${hours.toFixed(1)} h old; at most ${gate.threshold} h is allowed.`;
      return result(hours, hours <= gate.threshold, said);
    }
  }
}

const NOTHING_TO_COMPARE = "Nothing is in Production yet, so there is nothing to fall behind.";

function points(share: number): string {
  return `${(share * 100).toFixed(2).replace("-", "−")} points`;
}
