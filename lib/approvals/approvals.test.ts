import { expect } from "vitest";
import { executeRequest } from "#lib/approvals/execute-request.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import { listRequests } from "#lib/approvals/list-requests.ts";
import { requestApproval } from "#lib/approvals/request-approval.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import { ask, makeScene, PRODUCTION, protect } from "#lib/approvals/testing/scene.ts";
import { getModel } from "#lib/registry/get-model.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { pgTest } from "#lib/testing/pg.ts";

pgTest(
  "asked, approved by another, carried out once: the version is in Production on that approval",
  async ({ ctx, db }) => {
    const scene = await makeScene(ctx);
    const { ana, ben } = scene;
    await protect(scene);
    const asked = await ask(scene);
    expect(asked).toMatchObject({
      state: "pending",
      round: 1,
      requestedBy: { id: ana.id, name: "Ana" },
      contributors: [{ id: ana.id }],
      subject: { version: 1, target: PRODUCTION, replaces: null, risk: "low" },
      eligible: [{ name: "Ben" }, { name: "Cleo" }, { name: "Dora" }],
      permissions: { review: false, withdraw: true, execute: false },
    });
    expect((await listRequests(ben.ctx, { waiting: true })).items).toMatchObject([{ id: asked.id, waitingOnMe: true }]);
    expect((await listRequests(ana.ctx, { waiting: true })).items).toEqual([]);

    await expect(setStage(ana.ctx, { modelName: "digits", version: 1, stage: "Production" })).rejects.toMatchObject({
      code: "approval_required",
      details: [{ remedy: expect.stringContaining(asked.id) }],
    });
    const approved = await reviewRequest(ben.ctx, { id: asked.id, decision: "approve", comment: "looked at it" });
    expect(approved).toMatchObject({ state: "approved", reviews: [{ reviewer: { name: "Ben" }, counts: true }] });
    expect((await getModel(ctx, { name: "digits" })).productionVersion).toBeNull();

    const executed = await executeRequest(ana.ctx, { id: asked.id });
    expect(executed).toMatchObject({ state: "executed", error: null });
    const model = await getModel(ctx, { name: "digits" });
    expect(model).toMatchObject({ productionVersion: 1, aliases: { champion: 1 } });
    expect(await db.stageTransition.findMany({ where: { approvalId: asked.id } })).toMatchObject([
      { toStage: "Production", actor: `user:${ana.id}` },
    ]);
    const record = await db.auditEvent.findMany({
      where: { chain: `project:${ctx.projectId}`, subject: `approval:${asked.id}` },
      orderBy: { seq: "asc" },
    });
    expect(record.map(({ action }) => action)).toEqual([
      "approval.request",
      "approval.approve",
      "approval.execute",
      "approval.execution_ok",
    ]);
    expect(JSON.stringify(record.map(({ detail }) => detail))).not.toContain("looked at it");
  },
);

pgTest("what is not protected needs no approval, and one request is open at a time", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await expect(ask(scene)).rejects.toMatchObject({ code: "not_protected" });
  await protect(scene);
  await expect(ask(scene, { version: 7 })).rejects.toMatchObject({ kind: "not_found" });
  const both = await Promise.allSettled([ask(scene), ask(scene)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const refused = both.find((one) => one.status === "rejected");
  expect(refused?.reason).toMatchObject({ code: "request_open" });
});

pgTest("rejects who may only read, and shows nothing of another project", async ({ ctx, make }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  const { id } = await ask(scene);
  const reader = await make.apiKeyCtx({ scopes: ["approvals:read"] });
  const wish = { modelName: "digits", version: 1, target: PRODUCTION, reason: "x" };
  await expect(requestApproval(reader, wish)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(reviewRequest(reader, { id, decision: "approve" })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(executeRequest(reader, { id })).rejects.toMatchObject({ kind: "forbidden" });
  const nobody = await make.apiKeyCtx({ scopes: [] });
  await expect(getRequest(nobody, { id })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(listRequests(nobody, {})).rejects.toMatchObject({ kind: "forbidden" });
  const elsewhere = await make.ctx({ projectId: "default" });
  await expect(getRequest(elsewhere, { id })).rejects.toMatchObject({ kind: "not_found" });
  expect((await listRequests(elsewhere, {})).items.map((item) => item.id)).not.toContain(id);
});
