import { expect } from "vitest";
import { compareVersions } from "#lib/approvals/evidence/compare-versions.ts";
import { computeEvidence } from "#lib/approvals/evidence/compute-evidence.ts";
import { digestOf } from "#lib/approvals/evidence/digest.ts";
import { requestEvidence } from "#lib/approvals/evidence/request-evidence.ts";
import { Evidence, type Gate } from "#lib/approvals/evidence/schemas.ts";
import { seedDataset, seedVersion } from "#lib/approvals/evidence/testing/versions.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import { listRequests } from "#lib/approvals/list-requests.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import { ListQuery } from "#lib/approvals/schemas.ts";
import { ask, makeScene, protect, type Scene } from "#lib/approvals/testing/scene.ts";
import { readDatasetPart } from "#lib/datasets/index.ts";
import { predictAll } from "#lib/engine/onnx/predict-all.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { digitOnnx } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const COUNTS = { train: 120, test: 200 };

/** The labels that a model gives to the test images, worked out by hand. */
async function answersOf(ctx: Ctx, datasetVersionId: string, seed: number) {
  const test = await readDatasetPart(ctx, { versionId: datasetVersionId, part: "test" });
  const session = await openDigitSession(digitOnnx(seed));
  const probabilities = await predictAll(session, test.images);
  await session.dispose();
  const predicted = [...test.labels.keys()].map((row) => {
    const answer = [...probabilities.subarray(row * 10, row * 10 + 10)];
    return answer.indexOf(Math.max(...answer));
  });
  return { ...test, predicted };
}

pgTest("two versions are compared image by image on the candidate's test set", async ({ ctx }) => {
  const dataset = await seedDataset(ctx, COUNTS);
  await seedVersion(ctx, digitOnnx(1), { dataset, stage: "Production" });
  await seedVersion(ctx, digitOnnx(2), { dataset, params: { epochs: "9", schedule: "cosine" } });
  const evidence = await compareVersions(ctx, { modelName: "digits", candidate: 2, champion: 1 });

  expect(Evidence.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
  const { facts, measured } = evidence;
  const comparison = facts.comparison;
  if (comparison === null || facts.champion === null) throw new Error("nothing was compared");
  const ours = await answersOf(ctx, dataset.id, 2);
  const theirs = await answersOf(ctx, dataset.id, 1);
  const count = (holds: (ours: boolean, theirs: boolean) => boolean) =>
    [...ours.labels.entries()].filter(([index, label]) =>
      holds(ours.predicted[index] === label, theirs.predicted[index] === label),
    ).length;
  expect(comparison.table).toEqual({
    bothRight: count((a, b) => a && b),
    onlyCandidateRight: count((a, b) => a && !b),
    onlyChampionRight: count((a, b) => !a && b),
    bothWrong: count((a, b) => !a && !b),
  });
  expect(facts.candidate.correct).toBe(count((a) => a));
  expect(comparison.difference.estimate).toBeCloseTo((facts.candidate.correct - facts.champion.correct) / 200, 12);
  expect(comparison.difference.lower).toBeLessThanOrEqual(comparison.difference.estimate);

  const apart = ours.predicted.filter((predicted, index) => predicted !== theirs.predicted[index]).length;
  const { disagreements } = comparison;
  expect(disagreements.total).toBe(apart);
  expect(disagreements.lost + disagreements.won + disagreements.bothWrong).toBe(apart);
  expect(disagreements.images).toHaveLength(Math.min(200, apart));
  for (const image of disagreements.images) {
    expect(image.candidate.predicted).toBe(ours.predicted[image.index]);
    expect(image.champion.predicted).toBe(theirs.predicted[image.index]);
    expect(image.label).toBe(ours.labels[image.index]);
    const pixels = ours.images.subarray(image.index * 784, (image.index + 1) * 784);
    expect(Buffer.from(image.pixels, "base64").equals(Buffer.from(pixels))).toBe(true);
    const right = [image.candidate.predicted === image.label, image.champion.predicted === image.label];
    expect(right).toEqual({ won: [true, false], lost: [false, true], both_wrong: [false, false] }[image.kind]);
  }

  expect(comparison.drift).toMatchObject({ sameData: true, classPsi: 0, ink: { ks: 0, ksP: 1, psi: 0 } });
  expect(comparison.paramChanges).toEqual([
    { key: "epochs", candidate: "9", champion: "5" },
    { key: "schedule", candidate: "cosine", champion: null },
    { key: "seed", candidate: null, champion: "42" },
  ]);
  expect(facts.testSet).toMatchObject({ count: 200, synthetic: true, foreignToChampion: false });
  expect(facts.candidate.trainedOn).toMatchObject({ trainCount: 120, datasetDigest: dataset.digest });
  expect(measured.latency.champion?.p99Ms).toBeGreaterThanOrEqual(measured.latency.champion?.p50Ms ?? Infinity);
  expect(measured.testSetComparisons).toBe(1);
});

pgTest("the same versions give the same facts, and looks at a test set are counted by pair", async ({ ctx }) => {
  const dataset = await seedDataset(ctx, COUNTS);
  for (const seed of [1, 2, 3]) await seedVersion(ctx, digitOnnx(seed), { dataset });
  const compare = (candidate: number, champion: number | null) =>
    compareVersions(ctx, { modelName: "digits", candidate, champion });
  const first = await compare(2, 1);
  const again = await compare(2, 1);
  expect(again.facts).toEqual(first.facts);
  expect(again.factsDigest).toBe(first.factsDigest);
  expect(first.factsDigest).toBe(digestOf(JSON.parse(JSON.stringify(first.facts))));
  const other = await compare(3, 1);
  expect(other.factsDigest).not.toBe(first.factsDigest);
  const alone = await compare(3, null);
  expect([first, again, other, alone].map((one) => one.measured.testSetComparisons)).toEqual([1, 1, 2, 3]);
  expect(alone.facts).toMatchObject({ champion: null, comparison: null });
  expect(alone.measured.latency.champion).toBeNull();
});

pgTest("another training set shows as drift, and the champion's strangeness to the test set", async ({ ctx }) => {
  const old = await seedDataset(ctx, COUNTS);
  // The newer data are written more faintly, and all its threes are gone.
  const fresh = await seedDataset(ctx, { train: 140, test: 60 }, (data) => {
    data.trainImages.forEach((value, index) => {
      data.trainImages[index] = Math.floor(value * 0.6);
    });
    data.trainLabels.forEach((label, index) => {
      if (label === 3) data.trainLabels[index] = 4;
    });
  });
  await seedVersion(ctx, digitOnnx(1), { dataset: old });
  await seedVersion(ctx, digitOnnx(2), { dataset: fresh });
  const { facts } = await compareVersions(ctx, { modelName: "digits", candidate: 2, champion: 1 });
  expect(facts.testSet).toMatchObject({ count: 60, foreignToChampion: true });
  const drift = facts.comparison?.drift;
  expect(drift?.sameData).toBe(false);
  expect(drift?.candidateShares[3]).toBe(0);
  expect(drift?.classPsi).toBeGreaterThan(0.25);
  expect(drift?.brightness.candidateMean).toBeLessThan((drift?.brightness.championMean ?? 0) * 0.7);
  expect(drift?.brightness.ksP).toBeLessThan(1e-6);
  expect(drift?.brightness.candidateHistogram.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
});

/** A project where Production is protected; gates as told. */
async function protectedProject(ctx: Ctx, gates: Gate[] = []): Promise<Scene> {
  const scene = await makeScene(ctx);
  await protect(scene, { gates });
  return scene;
}

pgTest("evidence is stored with its digest, on record, for the round that was asked", async ({ ctx, db }) => {
  const scene = await protectedProject(ctx);
  const dataset = await seedDataset(ctx, COUNTS);
  const champion = await seedVersion(ctx, digitOnnx(1), { dataset, stage: "Production" });
  const version = await seedVersion(ctx, digitOnnx(2), { dataset });
  const { id: requestId } = await ask(scene, { version });
  expect(await computeEvidence(ctx, { requestId, round: 1 })).toBe("stored");

  const row = await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  const evidence = Evidence.parse(row.evidence);
  expect(row.evidenceDigest).toBe(digestOf(evidence));
  expect(row.evidenceError).toBeNull();
  expect(evidence.facts).toMatchObject({ candidate: { version }, champion: { version: champion } });
  expect(evidence.facts.contributors).toEqual(row.contributors.toSorted());
  const where = { subject: `approval:${requestId}`, action: "approval.evidence" };
  expect(await db.auditEvent.findMany({ where })).toMatchObject([
    { detail: { round: 1, evidenceDigest: row.evidenceDigest } },
  ]);
  const shown = await getRequest(scene.ben.ctx, { id: requestId });
  expect(shown.evidenceBody).toEqual(evidence);

  expect(await computeEvidence(ctx, { requestId, round: 1 })).toBe("there_already");
  expect(await computeEvidence(ctx, { requestId, round: 2 })).toBe("outdated");
  expect(await computeEvidence(ctx, { requestId, round: 1, again: true })).toBe("stored");
  const later = await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  expect(Evidence.parse(later.evidence).factsDigest).toBe(evidence.factsDigest);

  await db.approvalRequest.update({ where: { id: requestId }, data: { state: "denied" } });
  expect(await computeEvidence(ctx, { requestId, round: 1, again: true })).toBe("outdated");
  await expect(requestEvidence(ctx, { requestId })).rejects.toMatchObject({ code: "request_closed" });
});

pgTest("a review that waited for the evidence decides when it comes and the gates hold", async ({ ctx, db }) => {
  const gates: Gate[] = [{ kind: "p99_latency_ms", threshold: 60_000 }];
  const scene = await protectedProject(ctx, [...gates, { kind: "accuracy_lower_bound", threshold: -1 }]);
  const dataset = await seedDataset(ctx, COUNTS);
  const version = await seedVersion(ctx, digitOnnx(1), { dataset });
  const { id: requestId } = await ask(scene, { version });
  const waiting = await reviewRequest(scene.ben.ctx, { id: requestId, decision: "approve", comment: "" });
  expect(waiting.state).toBe("pending");
  await computeEvidence(ctx, { requestId, round: 1 });
  expect(await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } })).toMatchObject({ state: "approved" });
});

pgTest("a round that began while the old one was computed is not written to", async ({ ctx, db }) => {
  const scene = await protectedProject(ctx);
  const dataset = await seedDataset(ctx, COUNTS);
  const version = await seedVersion(ctx, digitOnnx(1), { dataset });
  const { id: requestId } = await ask(scene, { version });
  // The round ends when the model's bytes are read: after the verb has looked, long before it writes.
  const get: Ctx["blobs"]["get"] = async (digest) => {
    await db.approvalRequest.update({ where: { id: requestId }, data: { round: 2 } });
    return ctx.blobs.get(digest);
  };
  const late = { ...ctx, blobs: { ...ctx.blobs, get } };
  expect(await computeEvidence(late, { requestId, round: 1 })).toBe("outdated");
  const row = await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  expect(row).toMatchObject({ evidence: null, evidenceDigest: null, evidenceError: null });
});

pgTest("without anything in Production the evidence says so, in lists as well", async ({ ctx, db }) => {
  const scene = await protectedProject(ctx);
  const dataset = await seedDataset(ctx, COUNTS);
  const version = await seedVersion(ctx, digitOnnx(1), { dataset });
  const { id: requestId } = await ask(scene, { version });
  await computeEvidence(ctx, { requestId, round: 1 });
  const row = await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  expect(Evidence.parse(row.evidence).facts).toMatchObject({ champion: null, comparison: null });
  const { items } = await listRequests(ctx, ListQuery.parse({}));
  expect(items).toMatchObject([{ id: requestId, evidence: "ready" }]);
});

pgTest("why there is no evidence is said in plain words, and evidence found later clears it", async ({ ctx, db }) => {
  const scene = await protectedProject(ctx);
  const dataset = await seedDataset(ctx, COUNTS);
  const strange = await seedVersion(ctx, digitOnnx(1), { dataset: null });
  const broken = await seedVersion(ctx, Buffer.from("not a model"), { dataset });
  const whole = await seedVersion(ctx, digitOnnx(3), { dataset });
  const failing = async (version: number, worker: Ctx) => {
    const { id: requestId } = await ask(scene, { version });
    await expect(computeEvidence(worker, { requestId, round: 1 })).rejects.toMatchObject({ code: expect.any(String) });
    const row = await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
    expect(row.evidence).toBeNull();
    return { requestId, error: row.evidenceError };
  };
  expect((await failing(strange, ctx)).error).toContain("does not say what it was trained on");
  expect((await failing(broken, ctx)).error).toContain(`Version ${broken} of digits cannot be run as a digit model`);
  const plain = await seedVersion(ctx, digitOnnx(4), { dataset });
  await db.modelVersion.updateMany({ where: { projectId: ctx.projectId, version: plain }, data: { onnxDigest: null } });
  expect((await failing(plain, ctx)).error).toContain(`Version ${plain} of digits has no ONNX file`);

  const get: Ctx["blobs"]["get"] = async () => {
    throw new NotFoundError("The blob");
  };
  const { requestId, error } = await failing(whole, { ...ctx, blobs: { ...ctx.blobs, get } });
  expect(error).toBe("A file of a dataset cannot be read from the blob store.");
  expect(await computeEvidence(ctx, { requestId, round: 1 })).toBe("stored");
  const row = await db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  expect(row.evidenceError).toBeNull();
  expect(row.evidence).not.toBeNull();
});

pgTest(
  "asking anew is on record and an event; readers may not, and strangers find nothing",
  async ({ ctx, make, db }) => {
    const scene = await protectedProject(ctx);
    const dataset = await seedDataset(ctx, COUNTS);
    const version = await seedVersion(ctx, digitOnnx(1), { dataset });
    const { id: requestId } = await ask(scene, { version });
    expect(await requestEvidence(ctx, { requestId })).toEqual({ round: 1 });
    const events = await db.outbox.findMany({ where: { topic: "approval.evidence_requested" } });
    expect(events.map(({ payload }) => payload)).toEqual([{ projectId: ctx.projectId, requestId, round: 1 }]);
    expect(await db.auditEvent.count({ where: { action: "approval.evidence_request" } })).toBe(1);

    const reader = await make.apiKeyCtx({ scopes: ["approvals:read", "registry:read", "datasets:read"] });
    await expect(requestEvidence(reader, { requestId })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(computeEvidence(reader, { requestId, round: 1 })).rejects.toMatchObject({ kind: "forbidden" });
    const blind = await make.apiKeyCtx({ scopes: ["registry:read"] });
    const pair = { modelName: "digits", candidate: version, champion: null };
    await expect(compareVersions(blind, pair)).rejects.toMatchObject({ kind: "forbidden" });
    const stranger = await make.ctx({ projectId: "elsewhere" });
    await expect(requestEvidence(stranger, { requestId })).rejects.toMatchObject({ kind: "not_found" });
    expect(await computeEvidence(stranger, { requestId, round: 1 })).toBe("outdated");
  },
);
