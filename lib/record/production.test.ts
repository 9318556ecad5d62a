import { expect } from "vitest";
import { approvalFacts } from "#lib/api/approval-facts.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getProduction } from "#lib/record/get-production.ts";
import { getTimeline } from "#lib/record/get-timeline.ts";
import { keepReconciled } from "#lib/record/keep-reconciled.ts";
import { findMismatches, reconcileProduction } from "#lib/record/reconcile-production.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";

const at = (ctx: Ctx, time: string): Ctx => ({ ...ctx, clock: { now: () => new Date(time) } });
const kinds = async (ctx: Ctx) => (await reconcileProduction(ctx)).mismatches.map((mismatch) => mismatch.kind);

pgTest("says what was in Production at any moment, who put it there and on what data", async ({ ctx, db }) => {
  if (ctx.actor.type !== "user") throw new Error("a user acts");
  const { id } = ctx.actor;
  await db.user.create({ data: { id, email: `${id}@example.org`, name: "Ana", role: "admin", passwordHash: "x" } });
  const start = at(ctx, "2026-01-01T00:00:00.000Z");
  await makeVersion(start);
  await makeVersion(start);
  const move = (time: string, version: number, stage: "Production" | "Archived" | "Staging") =>
    setStage(at(ctx, time), { modelName: "digits", version, stage, reason: `at ${time}` });
  await move("2026-02-01T00:00:00.000Z", 1, "Production");
  await move("2026-03-01T00:00:00.000Z", 2, "Staging");
  await move("2026-04-01T00:00:00.000Z", 2, "Production");
  await move("2026-05-01T00:00:00.000Z", 2, "Archived");

  const then = async (time: string) =>
    (await getProduction(ctx, { name: "digits", at: time }, approvalFacts)).inProduction;
  expect(await then("2026-01-15T00:00:00Z")).toBeNull();
  expect(await then("2026-01-31T23:59:59.999Z")).toBeNull();
  expect(await then("2026-02-01T00:00:00Z")).toMatchObject({
    version: 1,
    since: "2026-02-01T00:00:00.000Z",
    until: "2026-04-01T00:00:00.000Z",
    actorLabel: "Ana",
    reason: "at 2026-02-01T00:00:00.000Z",
    approvalId: null,
    trainedOn: { datasetName: "mnist", datasetDigest: "d".repeat(64), synthetic: false },
  });
  expect(await then("2026-04-01T02:00:00+02:00")).toMatchObject({ version: 2 });
  expect(await then("2026-05-01T00:00:00Z")).toBeNull();
  expect((await getProduction(ctx, { name: "digits" }, approvalFacts)).inProduction).toBeNull();

  const timeline = await getTimeline(ctx, { name: "digits" }, approvalFacts);
  expect(timeline.entries.map((entry) => [entry.version, entry.to])).toEqual([
    [2, "Archived"],
    [2, "Production"],
    [1, "Archived"],
    [2, "Staging"],
    [1, "Production"],
  ]);
  expect(
    timeline.versions.map((version) =>
      version.bars.map(({ stage, from, to }) => [stage, from.slice(5, 7), to?.slice(5, 7)]),
    ),
  ).toEqual([
    [
      ["None", "01", "03"],
      ["Staging", "03", "04"],
      ["Production", "04", "05"],
      ["Archived", "05", undefined],
    ],
    [
      ["None", "01", "02"],
      ["Production", "02", "04"],
      ["Archived", "04", undefined],
    ],
  ]);
  await expect(getTimeline(ctx, { name: "nothing" }, approvalFacts)).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("what was changed by hand, and what was promoted without approval, is found", async ({ ctx, db }) => {
  await makeVersion(ctx);
  await makeVersion(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  expect(await reconcileProduction(ctx)).toMatchObject({ ok: true, models: 1, mismatches: [] });
  const { id: modelId } = await db.registeredModel.findFirstOrThrow({ where: { projectId: ctx.projectId } });
  const hand = (version: number, stage: string) =>
    db.modelVersion.updateMany({ where: { modelId, version }, data: { stage } });

  await hand(1, "Archived");
  await hand(2, "Production");
  expect(await kinds(ctx)).toEqual(["stage_without_transition", "stage_without_transition"]);
  await hand(2, "None");
  await hand(1, "Production");
  await db.modelAlias.updateMany({ where: { modelId, alias: "champion" }, data: { version: 2 } });
  expect(await kinds(ctx)).toEqual(["champion_differs"]);
  await db.modelAlias.updateMany({ where: { modelId, alias: "champion" }, data: { version: 1 } });

  // A protection that came later says nothing of what was there before.
  const policy = { projectId: ctx.projectId, modelName: "*", target: "stage:Production" };
  const policyId = newId("pol");
  await db.approvalPolicy.create({ data: { id: policyId, ...policy, version: 1, body: {}, createdBy: "user:x" } });
  await db.protectedTarget.create({ data: { ...policy, policyId } });
  expect(await kinds(ctx)).toEqual([]);
  const { id: versionId } = await db.modelVersion.findFirstOrThrow({ where: { modelId, version: 2 } });
  const forged = {
    versionId,
    fromStage: "None",
    toStage: "Production",
    actor: "user:eve",
    at: new Date(Date.now() + 1_000),
  };
  await hand(1, "Archived");
  await hand(2, "Production");
  await db.stageTransition.create({ data: forged });
  expect(await kinds(ctx)).toEqual(
    expect.arrayContaining(["transition_not_on_record", "transition_without_approval", "champion_differs"]),
  );
  await db.stageTransition.create({ data: { ...forged, approvalId: "apr_nothing" } });
  const { mismatches } = await reconcileProduction(ctx);
  expect(mismatches.map((mismatch) => mismatch.message).join()).toContain("apr_nothing, which is not there");
  expect((await findMismatches(ctx, null)).mismatches.length).toBeGreaterThanOrEqual(mismatches.length);
});

pgTest("what a default deployment served is compared too", async ({ ctx, db }) => {
  await makeVersion(ctx);
  await makeVersion(ctx);
  const earlier = at(ctx, new Date(Date.now() - 600_000).toISOString());
  await setStage(earlier, { modelName: "digits", version: 1, stage: "Production" });
  const { projectId } = ctx;
  await db.deployment.create({
    data: { id: newId("dep"), projectId, name: "digits", modelName: "digits", access: "public", isDefault: true },
  });
  const answer = (modelVersion: number) =>
    db.prediction.create({
      data: {
        id: newId("prd"),
        projectId,
        requestId: "r",
        deployment: "digits",
        modelName: "digits",
        modelVersion,
        actor: "anonymous",
        at: new Date(),
        prediction: 1,
        confidence: 1,
        probabilities: [],
        latencyMs: 1,
      },
    });
  await answer(1);
  expect(await kinds(ctx)).toEqual([]);
  await answer(2);
  expect(await kinds(ctx)).toEqual(["served_differs"]);
});

pgTest("a new finding is on record once", async ({ ctx, db }) => {
  await keepReconciled(ctx);
  await makeVersion(ctx, "kept");
  await db.modelVersion.updateMany({ where: { projectId: ctx.projectId }, data: { stage: "Production" } });
  const where = { chain: "instance", action: "record.reconcile" };
  const before = await db.auditEvent.count({ where });
  for (let round = 0; round < 3; round++) await keepReconciled(ctx);
  expect(await db.auditEvent.count({ where })).toBe(before + 1);
});

pgTest("readers of models may not reconcile", async ({ make }) => {
  const ctx = await make.apiKeyCtx({ scopes: ["registry:read"] });
  await expect(reconcileProduction(ctx)).rejects.toThrow(ForbiddenError);
  await expect(keepReconciled(ctx)).rejects.toThrow(ForbiddenError);
  const none = await make.apiKeyCtx({ scopes: ["tracking:read"] });
  await expect(getTimeline(none, { name: "digits" }, approvalFacts)).rejects.toThrow(ForbiddenError);
  await expect(getProduction(none, { name: "digits" }, approvalFacts)).rejects.toThrow(ForbiddenError);
});
