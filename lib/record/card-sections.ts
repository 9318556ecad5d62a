import type { Interval, ModelCard, TimelineEntry } from "#lib/record/schemas.ts";
import type { CardTextKey } from "#lib/registry/card-schemas.ts";

/** Titles of what people write, in the words of Mitchell et al. 2019. */
export const CARD_TITLES: Record<CardTextKey, string> = {
  intendedUse: "Intended use",
  outOfScope: "Out-of-scope use",
  factors: "Factors",
  ethicalConsiderations: "Ethical considerations",
  caveats: "Caveats and recommendations",
};

const NOT_WRITTEN = "Not written yet.";

/** A part of a card, apart from any format. */
export type CardBlock =
  | { kind: "heading"; text: string }
  | { kind: "text"; text: string }
  | { kind: "table"; head: string[]; rows: string[][] }
  /** `cells[label][predicted]` counts. */
  | { kind: "matrix"; cells: number[][] };

/** The card from top to bottom. */
export function cardBlocks(card: ModelCard): CardBlock[] {
  const written = (key: CardTextKey): CardBlock[] => [
    { kind: "heading", text: CARD_TITLES[key] },
    { kind: "text", text: card.texts[key].trim() || NOT_WRITTEN },
  ];
  const facts = (title: string, rows: ModelCard["details"]): CardBlock[] => [
    { kind: "heading", text: title },
    { kind: "table", head: [], rows: rows.map(({ name, value }) => [name, value]) },
  ];
  return [
    ...facts("Model details", card.details),
    ...written("intendedUse"),
    ...written("outOfScope"),
    ...written("factors"),
    { kind: "heading", text: "Metrics" },
    metricsBlock(card),
    ...facts("Evaluation data", card.evaluationData),
    ...facts("Training data", card.trainingData),
    ...analyses(card),
    ...written("ethicalConsiderations"),
    ...written("caveats"),
    { kind: "heading", text: "Approvals" },
    card.approvals.length === 0
      ? { kind: "text", text: "It was never in Staging or Production." }
      : { kind: "table", head: ["When", "Move", "By", "Approval"], rows: card.approvals.map(approvalRow) },
  ];
}

function metricsBlock({ metrics }: ModelCard): CardBlock {
  if (metrics === null) {
    return { kind: "text", text: "The record holds no evaluation of this version." };
  }
  return {
    kind: "table",
    head: ["Metric", "Value", "95 % interval (Wilson)"],
    rows: [
      [
        `Accuracy on ${metrics.count.toLocaleString("en")} images`,
        percent(metrics.accuracy.value),
        range(metrics.accuracy),
      ],
      ["Mean cross entropy (nats)", metrics.loss.toFixed(4), ""],
      ["Expected calibration error (15 bins)", percent(metrics.calibrationError), ""],
    ],
  };
}

function analyses(card: ModelCard): CardBlock[] {
  if (card.perClass.length === 0) {
    return [];
  }
  return [
    { kind: "heading", text: "Quantitative analyses" },
    {
      kind: "table",
      head: ["Digit", "Images", "Recall", "95\u00a0% interval", "Precision", "95\u00a0% interval", "F1"],
      rows: card.perClass.map((score) => [
        String(score.label),
        score.support.toLocaleString("en"),
        percent(score.recall),
        range(score.recallInterval),
        percent(score.precision),
        range(score.precisionInterval),
        score.f1.toFixed(4),
      ]),
    },
    { kind: "text", text: "Confusion matrix: rows are what the digit is, columns what the model says." },
    { kind: "matrix", cells: card.confusion },
  ];
}

function approvalRow(move: TimelineEntry): string[] {
  const { approval } = move;
  const reviews = approval?.reviews.map(({ label, decision }) => `${decision} by ${label}`).join(", ");
  const told =
    approval === null ? (move.approvalId ?? "none was needed") : `${approval.id}: ${reviews || approval.state}`;
  return [move.at.slice(0, 16).replace("T", " "), `${move.from} → ${move.to}`, move.actorLabel, told];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}\u00a0%`;
}

function range({ low, high }: Interval): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}\u00a0%`;
}
