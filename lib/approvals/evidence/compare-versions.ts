import { type Answers, compareAnswers, type TestImages } from "#lib/approvals/evidence/compare-answers.ts";
import { digestOf } from "#lib/approvals/evidence/digest.ts";
import { evaluateVersion, openVersion } from "#lib/approvals/evidence/evaluate-version.ts";
import { findDrift } from "#lib/approvals/evidence/find-drift.ts";
import type { Comparison, Evidence, EvidenceFacts, EvidenceSide } from "#lib/approvals/evidence/schemas.ts";
import { countComparison } from "#lib/approvals/evidence/store.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { findDatasetVersion, readDatasetPart } from "#lib/datasets/index.ts";
import type { DatasetVersion } from "#lib/datasets/schemas.ts";
import type { DigitSession } from "#lib/engine/onnx/session.ts";
import { timeSingles } from "#lib/engine/onnx/time-singles.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError, PreconditionFailedError } from "#lib/platform/errors.ts";
import { getModel } from "#lib/registry/index.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { quantile } from "#lib/stats/quantile.ts";

export interface CompareVersionsInput {
  modelName: string;
  /** Version numbers. Without a champion the candidate is evaluated alone. */
  candidate: number;
  champion: number | null;
  /** Ids of users who made the candidate. */
  contributors?: readonly string[];
}

/** Single images timed per version and round: fewer say nothing about a p99. */
const LATENCY_SAMPLES = 1_000;
const LATENCY_ROUNDS = 3;

/**
 * Runs both versions on the test images of the candidate's dataset version and compares them: seconds of work, for
 * workers. `facts` depend on nothing but the versions and the data; times are apart. That this test set was used for this
 * pair is counted.
 *
 * @throws NotFoundError           no such version in the project
 * @throws PreconditionFailedError `evidence_impossible`: no test set is known, or a file is no digit model
 * @throws UnavailableError        a file or the data cannot be read now
 */
export async function compareVersions(ctx: Ctx, input: CompareVersionsInput): Promise<Evidence> {
  requireScope(ctx, "registry:read");
  requireScope(ctx, "datasets:read");
  const { versions } = await getModel(ctx, { name: input.modelName });
  const find = (number: number): ModelVersion => {
    const version = versions.find((one) => one.version === number);
    if (version === undefined) throw new NotFoundError(`Version ${number} of ${input.modelName}`);
    return version;
  };
  const candidate = find(input.candidate);
  const champion = input.champion === null ? null : find(input.champion);
  const dataset = await testSetOf(ctx, candidate);
  const test = await readDatasetPart(ctx, { versionId: dataset.id, part: "test" });

  const sessions: DigitSession[] = [];
  try {
    const run = async (version: ModelVersion) => {
      const session = await openVersion(ctx, version);
      sessions.push(session);
      return { version, ...(await evaluateVersion(ctx, version, session, test)) };
    };
    const ours = await run(candidate);
    const theirs = champion === null ? null : await run(champion);
    const facts: EvidenceFacts = {
      modelName: input.modelName,
      testSet: {
        datasetVersionId: dataset.id,
        datasetName: dataset.datasetName,
        datasetVersion: dataset.version,
        datasetDigest: dataset.digest,
        synthetic: dataset.synthetic,
        count: test.labels.length,
        foreignToChampion: champion !== null && champion.lineage.datasetDigest !== dataset.digest,
      },
      candidate: ours.side,
      champion: theirs?.side ?? null,
      comparison: theirs === null ? null : await compare(ctx, test, ours, theirs),
      contributors: [...(input.contributors ?? [])].sort(),
    };
    const latency = await latencyOf(sessions, test.images);
    const look = { datasetVersionId: dataset.id, candidateId: candidate.id, championId: champion?.id ?? null };
    const testSetComparisons = await withTransaction(ctx, (tx) => countComparison(tx, look));
    return {
      format: 1,
      facts,
      factsDigest: digestOf(facts),
      measured: { at: ctx.clock.now().toISOString(), latency, testSetComparisons },
    };
  } finally {
    await Promise.all(sessions.map((session) => session.dispose()));
  }
}

/** The dataset version that the candidate was trained on: its test part is what both are asked. */
async function testSetOf(ctx: Ctx, candidate: ModelVersion): Promise<DatasetVersion> {
  const { datasetDigest, datasetName } = candidate.lineage;
  const name = `Version ${candidate.version} of ${candidate.modelName}`;
  const impossible = (problem: string) => new PreconditionFailedError(problem, { code: "evidence_impossible" });
  if (datasetDigest === null) {
    throw impossible(
      `${name} does not say what it was trained on (its run has no tag dataset.digest), so there is no test set to compare on.`,
    );
  }
  const dataset = await findDatasetVersion(ctx, { digest: datasetDigest });
  if (dataset === null) {
    const what = `${datasetName ?? "a dataset"} with the digest ${datasetDigest.slice(0, 12)}`;
    throw impossible(
      `${name} was trained on ${what}, which is not in this project, so there is no test set to compare on.`,
    );
  }
  return dataset;
}

interface Run {
  version: ModelVersion;
  side: EvidenceSide;
  answers: Answers;
}

async function compare(ctx: Ctx, test: TestImages, ours: Run, theirs: Run): Promise<Comparison> {
  const answered = compareAnswers(
    test,
    { answers: ours.answers, perClass: ours.side.perClass },
    { answers: theirs.answers, perClass: theirs.side.perClass },
  );
  return {
    ...answered,
    ...(await findDrift(ctx, ours.version, theirs.version)),
    calibrationErrorChange: ours.side.calibrationError - theirs.side.calibrationError,
    paramChanges: paramChanges(ours.version.lineage.params, theirs.version.lineage.params),
    sizeBytesChange: ours.side.sizeBytes - theirs.side.sizeBytes,
  };
}

function paramChanges(ours: Record<string, string>, theirs: Record<string, string>): Comparison["paramChanges"] {
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  return keys
    .filter((key) => ours[key] !== theirs[key])
    .map((key) => ({ key, candidate: ours[key] ?? null, champion: theirs[key] ?? null }));
}

async function latencyOf(
  sessions: readonly DigitSession[],
  images: Uint8Array,
): Promise<Evidence["measured"]["latency"]> {
  const rounds: { p50Ms: number; p99Ms: number }[][] = [];
  for (let round = 0; round < LATENCY_ROUNDS; round++) {
    const times = await timeSingles(sessions, images, LATENCY_SAMPLES);
    rounds.push(times.map((row) => ({ p50Ms: quantile(row, 0.5), p99Ms: quantile(row, 0.99) })));
  }
  // What the model takes, not what else the machine did: a busy worker's p99 is that of its other work.
  const [candidate, champion] = sessions.map((_, which) => {
    const of = (key: "p50Ms" | "p99Ms") => Math.min(...rounds.map((row) => row[which]?.[key] ?? Number.NaN));
    return { p50Ms: of("p50Ms"), p99Ms: of("p99Ms") };
  });
  if (candidate === undefined) throw new Error("no model was timed");
  return { samples: LATENCY_SAMPLES, candidate, champion: champion ?? null };
}
