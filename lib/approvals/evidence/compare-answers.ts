import { type ClassChange, type Comparison, Disagreement, type Interval } from "#lib/approvals/evidence/schemas.ts";
import type { ClassScore } from "#lib/engine/schemas.ts";
import { mcnemar } from "#lib/stats/mcnemar.ts";
import { newcombePaired, type PairedTable } from "#lib/stats/newcombe.ts";

/** What a version answered to each test image, in their order. */
export interface Answers {
  predicted: Uint8Array;
  /** 0..1, six decimals. */
  confidence: Float64Array;
}

export interface TestImages {
  /** n × 784 bytes. */
  images: Uint8Array;
  labels: Uint8Array;
}

const PIXELS = 784;
const LEVEL = 0.95;
const MAX_IMAGES = 200;

/** The candidate's answers beside the champion's: the part of a comparison that is about the same test images. */
export function compareAnswers(
  test: TestImages,
  candidate: { answers: Answers; perClass: readonly ClassScore[] },
  champion: { answers: Answers; perClass: readonly ClassScore[] },
): Pick<Comparison, "table" | "difference" | "mcnemar" | "perClass" | "disagreements"> {
  const overall = emptyTable();
  const byLabel = Array.from({ length: 10 }, emptyTable);
  const apart: number[] = [];
  for (const [index, label] of test.labels.entries()) {
    const ours = candidate.answers.predicted[index];
    const theirs = champion.answers.predicted[index];
    const cell = cellOf(ours === label, theirs === label);
    overall[cell]++;
    const table = byLabel[label];
    if (table !== undefined) table[cell]++;
    if (ours !== theirs) apart.push(index);
  }
  return {
    table: {
      bothRight: overall.both,
      onlyCandidateRight: overall.onlyA,
      onlyChampionRight: overall.onlyB,
      bothWrong: overall.neither,
    },
    difference: pairedInterval(overall),
    mcnemar: mcnemar(overall.onlyA, overall.onlyB),
    perClass: byLabel.map((table, label) =>
      classChange(label, table, candidate.perClass[label], champion.perClass[label]),
    ),
    disagreements: disagreementsOf(test, apart, candidate.answers, champion.answers),
  };
}

const emptyTable = (): PairedTable => ({ both: 0, onlyA: 0, onlyB: 0, neither: 0 });

function cellOf(isCandidateRight: boolean, isChampionRight: boolean): keyof PairedTable {
  if (isCandidateRight) return isChampionRight ? "both" : "onlyA";
  return isChampionRight ? "onlyB" : "neither";
}

/** Without any images nothing is known: from −1 to 1. */
function pairedInterval(table: PairedTable): Interval {
  const count = table.both + table.onlyA + table.onlyB + table.neither;
  return count === 0
    ? { estimate: 0, lower: -1, upper: 1, level: LEVEL }
    : { ...newcombePaired(table, LEVEL), level: LEVEL };
}

function classChange(
  label: number,
  table: PairedTable,
  ours: ClassScore | undefined,
  theirs: ClassScore | undefined,
): ClassChange {
  return {
    label,
    support: ours?.support ?? 0,
    precision: (ours?.precision ?? 0) - (theirs?.precision ?? 0),
    f1: (ours?.f1 ?? 0) - (theirs?.f1 ?? 0),
    recall: pairedInterval(table),
  };
}

/** Of each kind the most confident mistakes first; where there are more than fit, the kinds share the room evenly. */
function disagreementsOf(
  test: TestImages,
  apart: readonly number[],
  candidate: Answers,
  champion: Answers,
): Comparison["disagreements"] {
  const kinds = Disagreement.shape.kind.options;
  const found = new Map(kinds.map((kind) => [kind, [] as { index: number; confidence: number }[]]));
  for (const index of apart) {
    const label = test.labels[index];
    const kind =
      candidate.predicted[index] === label ? "won" : champion.predicted[index] === label ? "lost" : "both_wrong";
    const wrong = kind === "won" ? champion : candidate;
    found.get(kind)?.push({ index, confidence: wrong.confidence[index] ?? 0 });
  }
  for (const list of found.values()) list.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  const room = shareRoom(kinds.map((kind) => found.get(kind)?.length ?? 0));
  const answer = ({ predicted, confidence }: Answers, index: number) => ({
    predicted: predicted[index] ?? 0,
    confidence: confidence[index] ?? 0,
  });
  const images = kinds.flatMap((kind, place) =>
    (found.get(kind) ?? []).slice(0, room[place]).map(
      ({ index }): Disagreement => ({
        index,
        label: test.labels[index] ?? 0,
        kind,
        candidate: answer(candidate, index),
        champion: answer(champion, index),
        pixels: Buffer.from(test.images.subarray(index * PIXELS, (index + 1) * PIXELS)).toString("base64"),
      }),
    ),
  );
  const [lost = 0, won = 0, bothWrong = 0] = kinds.map((kind) => found.get(kind)?.length ?? 0);
  return { total: apart.length, lost, won, bothWrong, images };
}

/** How many of each fit, one after another in turn, until the room is used up. */
function shareRoom(counts: readonly number[]): number[] {
  const given = counts.map(() => 0);
  let left = MAX_IMAGES;
  while (left > 0 && given.some((got, place) => got < (counts[place] ?? 0))) {
    for (const [place, got] of given.entries()) {
      if (left > 0 && got < (counts[place] ?? 0)) {
        given[place] = got + 1;
        left--;
      }
    }
  }
  return given;
}
