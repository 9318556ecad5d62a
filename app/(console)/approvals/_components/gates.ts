import type { Gate } from "#lib/approvals/evidence/schemas.ts";

interface GateWords {
  name: string;
  hint: string;
  /** Of the figure that people read and write; null: the gate has none. */
  unit: string | null;
  /** Figure per stored threshold: shares are said in percentage points. */
  times: number;
}

export const GATES: Record<Gate["kind"], GateWords> = {
  accuracy_lower_bound: {
    name: "Accuracy against the champion",
    hint: "the lower end of the difference's interval, candidate − champion, at least",
    unit: "pp",
    times: 100,
  },
  class_recall_drop: {
    name: "No digit gets worse",
    hint: "no digit's recall falls by more than",
    unit: "pp",
    times: 100,
  },
  p99_latency_ms: { name: "p99 latency", hint: "99 of 100 single images take at most", unit: "ms", times: 1 },
  evidence_age_hours: { name: "Evidence is fresh", hint: "the figures are at most as old as", unit: "h", times: 1 },
  card_complete: {
    name: "Model card is complete",
    hint: "every section that people write is written",
    unit: null,
    times: 1,
  },
};

/** A threshold as people read it: 0.2 and not 0.20000000000000001. */
export function shownThreshold(gate: Gate): number | null {
  return "threshold" in gate ? Number((gate.threshold * GATES[gate.kind].times).toPrecision(12)) : null;
}

/** `p99 latency (50 ms)`. */
export function gateWords(gate: Gate): string {
  const { name, unit } = GATES[gate.kind];
  const shown = shownThreshold(gate);
  return shown === null ? name : `${name} (${String(shown).replace("-", "−")} ${unit})`;
}
