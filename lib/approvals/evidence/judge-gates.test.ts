import { expect, test } from "vitest";
import { compareAnswers } from "#lib/approvals/evidence/compare-answers.ts";
import { judgeGates } from "#lib/approvals/evidence/judge-gates.ts";
import type { ClassChange, Evidence, EvidenceSide, Gate } from "#lib/approvals/evidence/schemas.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const CONTEXT = { now: NOW, cardMissing: [] };
const scores = Array.from({ length: 10 }, (_, label) => ({ label, precision: 0, recall: 0, f1: 0, support: 20 }));

/** Evidence on 200 images, of which the champion reads all but `championMisses` and the candidate all but `candidateMisses`. */
function evidenceOf(candidateMisses: number[], championMisses: number[]): Evidence {
  const labels = Uint8Array.from({ length: 200 }, (_, index) => index % 10);
  const answers = (misses: number[]) => ({
    predicted: labels.map((label, index) => (misses.includes(index) ? (label + 1) % 10 : label)),
    confidence: new Float64Array(200).fill(0.9),
  });
  const side: EvidenceSide = {
    version: 1,
    versionId: "mv",
    runId: null,
    createdBy: "system:test",
    createdAt: NOW.toISOString(),
    onnxDigest: "0".repeat(64),
    sizeBytes: 1,
    trainedOn: {
      datasetName: null,
      datasetVersion: null,
      datasetDigest: null,
      synthetic: null,
      trainCount: null,
      codeRevision: null,
      seed: null,
      engine: null,
    },
    correct: 0,
    accuracy: { estimate: 0, lower: 0, upper: 0, level: 0.95 },
    loss: 0,
    perClass: scores,
    confusion: [],
    calibrationError: 0,
    calibrationBins: [],
  };
  const ours = { answers: answers(candidateMisses), perClass: scores };
  const theirs = { answers: answers(championMisses), perClass: scores };
  return {
    format: 1,
    factsDigest: "0".repeat(64),
    facts: {
      modelName: "digits",
      testSet: {
        datasetVersionId: "dsv",
        datasetName: "mnist",
        datasetVersion: 1,
        datasetDigest: "0".repeat(64),
        synthetic: false,
        count: 200,
        foreignToChampion: false,
      },
      candidate: side,
      champion: side,
      comparison: {
        ...compareAnswers({ images: new Uint8Array(200 * 784), labels }, ours, theirs),
        calibrationErrorChange: 0,
        drift: null,
        driftMissing: "not asked",
        paramChanges: [],
        sizeBytesChange: 0,
      },
      contributors: [],
    },
    measured: {
      at: "2026-11-23T10:00:00Z",
      latency: { samples: 1_000, candidate: { p50Ms: 0.4, p99Ms: 1.25 }, champion: { p50Ms: 0.4, p99Ms: 1 } },
      testSetComparisons: 1,
    },
  };
}

const judgeOne = (gate: Gate, evidence: Evidence | null, cardMissing: string[] = []) =>
  judgeGates([gate], evidence, { ...CONTEXT, cardMissing })[0];

test("the accuracy's lower bound decides, not its estimate", () => {
  // Two lost, three won: better by half a point, at worst clearly not.
  const evidence = evidenceOf([0, 1], [10, 21, 32]);
  const lower = evidence.facts.comparison?.difference.lower ?? 0;
  expect(lower).toBeLessThan(-0.01);
  expect(judgeOne({ kind: "accuracy_lower_bound", threshold: -0.002 }, evidence)).toMatchObject({
    value: lower,
    threshold: -0.002,
    holds: false,
  });
  expect(judgeOne({ kind: "accuracy_lower_bound", threshold: lower }, evidence)).toMatchObject({ holds: true });
});

test("the digit that falls most decides", () => {
  const evidence = evidenceOf([3, 13, 4], [4]);
  const changes: ClassChange[] = evidence.facts.comparison?.perClass ?? [];
  expect(changes[3]).toMatchObject({ support: 20, recall: { estimate: -0.1 } });
  expect(changes[4]?.recall.estimate).toBe(0);
  expect(judgeOne({ kind: "class_recall_drop", threshold: 0.05 }, evidence)).toMatchObject({
    value: 0.1,
    holds: false,
    why: "The recall of digit 3 falls by 10.00 points, the most of all; at most 5.00 points is allowed.",
  });
  expect(judgeOne({ kind: "class_recall_drop", threshold: 0.1 }, evidence)?.holds).toBe(true);
  expect(judgeOne({ kind: "class_recall_drop", threshold: 0 }, evidenceOf([], [3]))?.holds).toBe(true);
});

test("latency, age and the card have their own sides", () => {
  const evidence = evidenceOf([], []);
  const holds = (gate: Gate, missing?: string[]) => judgeOne(gate, evidence, missing)?.holds;
  expect(holds({ kind: "p99_latency_ms", threshold: 1.25 })).toBe(true);
  expect(holds({ kind: "p99_latency_ms", threshold: 1.2 })).toBe(false);
  expect(holds({ kind: "evidence_age_hours", threshold: 2 })).toBe(true);
  expect(holds({ kind: "evidence_age_hours", threshold: 1.9 })).toBe(false);
  expect(holds({ kind: "card_complete" })).toBe(true);
  expect(judgeOne({ kind: "card_complete" }, evidence, ["Intended use", "Limits"])).toMatchObject({
    holds: false,
    value: 2,
    why: "The model card still lacks: Intended use, Limits.",
  });
});

test("without evidence nothing that needs it holds; without a champion nothing can fall behind", () => {
  const gates: Gate[] = [
    { kind: "accuracy_lower_bound", threshold: 0 },
    { kind: "p99_latency_ms", threshold: 5 },
    { kind: "class_recall_drop", threshold: 0 },
    { kind: "evidence_age_hours", threshold: 24 },
    { kind: "card_complete" },
  ];
  expect(judgeGates(gates, null, CONTEXT).map(({ holds }) => holds)).toEqual([false, false, false, false, true]);
  const alone = evidenceOf([], []);
  alone.facts.comparison = null;
  expect(judgeGates(gates, alone, CONTEXT).map(({ holds }) => holds)).toEqual([true, true, true, true, true]);
});

test("more disagreements than fit are shared among their kinds", () => {
  const labels = new Uint8Array(1_000);
  const perClass = scores;
  const answers = (answer: (index: number) => number) => ({
    predicted: Uint8Array.from({ length: 1_000 }, (_, index) => answer(index)),
    confidence: Float64Array.from({ length: 1_000 }, (_, index) => index / 1_000),
  });
  // 0..49 lost, 50..849 won, 850..999 both wrong.
  const candidate = answers((index) => (index < 50 ? 1 : index < 850 ? 0 : 2));
  const champion = answers((index) => (index < 50 ? 0 : index < 850 ? 1 : 3));
  const { disagreements } = compareAnswers(
    { images: new Uint8Array(1_000 * 784), labels },
    { answers: candidate, perClass },
    { answers: champion, perClass },
  );
  expect(disagreements).toMatchObject({ total: 1_000, lost: 50, won: 800, bothWrong: 150 });
  const kinds = disagreements.images.map(({ kind }) => kind);
  expect(["lost", "won", "both_wrong"].map((kind) => kinds.filter((one) => one === kind).length)).toEqual([50, 75, 75]);
  expect(disagreements.images[0]).toMatchObject({ index: 49, kind: "lost" });
  expect(disagreements.images[50]).toMatchObject({ index: 849, kind: "won" });
});
