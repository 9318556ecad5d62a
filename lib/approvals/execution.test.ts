import { expect } from "vitest";
import { checkConsistency } from "#lib/approvals/check-consistency.ts";
import { claimRequest } from "#lib/approvals/claim-request.ts";
import { executeRequest } from "#lib/approvals/execute-request.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import { listRequests } from "#lib/approvals/list-requests.ts";
import { resubmitRequest } from "#lib/approvals/resubmit-request.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import { executeIfWanted, tendRequests } from "#lib/approvals/tend-requests.ts";
import { ask, makeKeyOf, makeScene, protect, type Scene } from "#lib/approvals/testing/scene.ts";
import { unreviewRequest } from "#lib/approvals/unreview-request.ts";
import { withdrawRequest } from "#lib/approvals/withdraw-request.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { CardTexts } from "#lib/registry/card-schemas.ts";
import { editCard } from "#lib/registry/edit-card.ts";
import { getModel } from "#lib/registry/get-model.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";

const approve = (ctx: Ctx, id: string) => reviewRequest(ctx, { id, decision: "approve" });

async function approvedRequest(ctx: Ctx, body: Parameters<typeof protect>[1] = {}): Promise<Scene & { id: string }> {
  const scene = await makeScene(ctx);
  await protect(scene, body);
  const { id } = await ask(scene);
  await approve(scene.ben.ctx, id);
  return { ...scene, id };
}
const inProduction = async (ctx: Ctx) => (await getModel(ctx, { name: "digits" })).productionVersion;
const setBack = (ctx: Ctx, id: string, column: "expires_at" | "valid_until" | "executing_at") =>
  ctx.pool.query(`UPDATE approval_request SET ${column} = now() - interval '1 minute' WHERE id = $1`, [id]);

pgTest("what changed between approval and execution is not carried out", async ({ ctx }) => {
  const { ana, id } = await approvedRequest(ctx);
  const texts = CardTexts.parse({ caveats: "It reads sevens as ones." });
  await editCard(ana.ctx, { modelName: "digits", version: 1, texts });
  await expect(executeRequest(ana.ctx, { id })).rejects.toMatchObject({ code: "changed_since" });
  expect(await getRequest(ctx, { id })).toMatchObject({ state: "invalidated" });
  expect(await inProduction(ctx)).toBeNull();
});

pgTest("another version in Production by then is a change as well", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  await makeVersion(scene.ana.ctx);
  const ids: string[] = [];
  for (const version of [1, 2]) {
    const { id } = await ask(scene, { version });
    await approve(scene.ben.ctx, id);
    ids.push(id);
  }
  const [first = "", second = ""] = ids;
  await executeRequest(scene.ana.ctx, { id: first });
  await expect(executeRequest(scene.ana.ctx, { id: second })).rejects.toMatchObject({ code: "changed_since" });
  expect(await inProduction(ctx)).toBe(1);
});

pgTest("an approval that is too old is not used, whatever its row says", async ({ ctx }) => {
  const { ana, id } = await approvedRequest(ctx);
  await setBack(ctx, id, "valid_until");
  const row = await ctx.db.approvalRequest.findUniqueOrThrow({ where: { id } });
  expect(row.state).toBe("approved");
  expect((await listRequests(ctx, {})).items).toMatchObject([{ state: "expired" }]);
  expect((await listRequests(ctx, { state: ["approved"] })).items).toEqual([]);
  await expect(executeRequest(ana.ctx, { id })).rejects.toMatchObject({ code: "request_expired" });
  // A new request takes the place at once.
  expect(await ask({ ana })).toMatchObject({ state: "pending" });
});

pgTest("a request that nobody decided in time is over, whatever its row says", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  const { id } = await ask(scene);
  await setBack(ctx, id, "expires_at");
  expect((await getRequest(ctx, { id })).state).toBe("expired");
  expect((await listRequests(scene.ben.ctx, { waiting: true })).items).toEqual([]);
  await expect(approve(scene.ben.ctx, id)).rejects.toMatchObject({ code: "request_expired" });
  await tendRequests(ctx);
  expect((await ctx.db.approvalRequest.findUniqueOrThrow({ where: { id } })).state).toBe("expired");
});

pgTest("a reviewer who lost access between approval and execution does not count", async ({ ctx }) => {
  const { ana, ben, cleo, id } = await approvedRequest(ctx);
  await ctx.db.user.update({ where: { id: ben.id }, data: { disabledAt: new Date() } });
  await expect(executeRequest(ana.ctx, { id })).rejects.toMatchObject({ code: "request_state" });
  expect(await getRequest(ctx, { id })).toMatchObject({ state: "pending", reviews: [{ counts: false }] });
  await approve(cleo.ctx, id);
  expect(await executeRequest(ana.ctx, { id })).toMatchObject({ state: "executed" });
});

pgTest("executed twice at once: one move, the same answer", async ({ ctx, db }) => {
  const { ana, ben, id } = await approvedRequest(ctx);
  const key = await makeKeyOf(ctx, { userId: ana.id });
  await expect(executeRequest(ben.ctx, { id })).rejects.toMatchObject({ code: "not_requester" });
  const answers = await Promise.all([ana.ctx, ana.ctx, key.ctx, ana.ctx].map((who) => executeRequest(who, { id })));
  const after = await executeRequest(ana.ctx, { id });
  expect(new Set([...answers, after].map(({ state }) => state))).toEqual(new Set(["executed"]));
  expect(await db.stageTransition.count({ where: { approvalId: id } })).toBe(1);
  expect(await db.auditEvent.count({ where: { subject: `approval:${id}`, action: "approval.execution_ok" } })).toBe(1);
});

pgTest("a crash while executing is found and finished, once, by however many keepers", async ({ ctx, db }) => {
  const { ana, id } = await approvedRequest(ctx);
  await claimRequest(ana.ctx, { id });
  await tendRequests(ctx);
  expect((await getRequest(ctx, { id })).state).toBe("executing");
  await setBack(ctx, id, "executing_at");
  await Promise.all([tendRequests(ctx), tendRequests(ctx), tendRequests(ctx)]);
  expect((await getRequest(ctx, { id })).state).toBe("executed");
  expect(await inProduction(ctx)).toBe(1);
  expect(await db.stageTransition.findMany({ where: { approvalId: id } })).toMatchObject([
    { actor: "system:approvals" },
  ]);
});

pgTest("what cannot be carried out fails with its reason, and frees the place", async ({ ctx }) => {
  const { ana, id } = await approvedRequest(ctx);
  await claimRequest(ana.ctx, { id });
  await editCard(ana.ctx, { modelName: "digits", version: 1, texts: CardTexts.parse({ caveats: "x" }) });
  expect(await executeRequest(ana.ctx, { id })).toMatchObject({ state: "failed", error: { code: "changed_since" } });
  expect(await inProduction(ctx)).toBeNull();
  expect(await ask({ ana })).toMatchObject({ state: "pending" });
});

pgTest("a policy may want it carried out at once, by the system", async ({ ctx }) => {
  const { id } = await approvedRequest(ctx, { executeOnApproval: true });
  await executeIfWanted(ctx, { id });
  expect(await getRequest(ctx, { id })).toMatchObject({ state: "executed" });
});

pgTest("an alias moves by approval, and only so", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene, {}, { target: "alias:blue" });
  const { id } = await ask(scene, { target: "alias:blue" });
  await approve(scene.ben.ctx, id);
  expect(await executeRequest(scene.ana.ctx, { id })).toMatchObject({ state: "executed" });
  expect((await getModel(ctx, { name: "digits" })).aliases).toEqual({ blue: 1 });
});

pgTest("a rollback to an archived version goes by approval as well", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await makeVersion(scene.ana.ctx);
  await setStage(scene.admin, { modelName: "digits", version: 1, stage: "Production" });
  await setStage(scene.admin, { modelName: "digits", version: 2, stage: "Production" });
  await protect(scene);
  const { id, subject } = await ask(scene);
  expect(subject.replaces).toBe(2);
  await approve(scene.ben.ctx, id);
  await executeRequest(scene.ana.ctx, { id });
  expect(await inProduction(ctx)).toBe(1);
});

pgTest("resubmitting voids reviews, and a click on the old round is never applied", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  const { ana, ben } = scene;
  await protect(scene);
  const first = await ask(scene);
  const { id } = first;
  const button = {
    id,
    decision: "approve",
    round: first.round,
    digestPrefix: first.subjectDigest.slice(0, 12),
  } as const;
  await reviewRequest(ben.ctx, { id, decision: "request_changes", comment: "write the card" });
  await editCard(ana.ctx, { modelName: "digits", version: 1, texts: CardTexts.parse({ caveats: "Only digits." }) });
  const second = await resubmitRequest(ana.ctx, { id, reason: "written" });
  expect(second).toMatchObject({ state: "pending", round: 2, evidence: "waiting" });
  expect(second.rounds.map(({ round, reason }) => [round, reason])).toEqual([
    [1, "it reads better"],
    [2, "written"],
  ]);
  expect(second.subjectDigest).not.toBe(first.subjectDigest);
  await expect(reviewRequest(ben.ctx, button)).rejects.toMatchObject({ kind: "conflict", code: "changed_since" });
  const { round: _, ...byDigest } = button;
  await expect(reviewRequest(ben.ctx, byDigest)).rejects.toMatchObject({ code: "changed_since" });
  expect((await getRequest(ctx, { id })).reviews).toHaveLength(1);
  const now = { round: 2, digestPrefix: second.subjectDigest.slice(0, 12) };
  expect(await reviewRequest(ben.ctx, { ...button, ...now })).toMatchObject({ state: "approved" });
  await expect(resubmitRequest(ben.ctx, { id, reason: "x" })).rejects.toMatchObject({ code: "not_requester" });
});

pgTest("If-Match: who decides on what has changed is told", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene, { approvals: 2 });
  const { id, lockVersion } = await ask(scene);
  const review = (who: Ctx) => reviewRequest(who, { id, decision: "approve", ifMatch: lockVersion });
  await review(scene.ben.ctx);
  await expect(review(scene.cleo.ctx)).rejects.toMatchObject({ kind: "precondition_failed", code: "lock_version" });
  expect(await reviewRequest(scene.cleo.ctx, { id, decision: "approve", ifMatch: lockVersion + 1 })).toMatchObject({
    state: "approved",
  });
});

pgTest("of two approvals one may be taken back, and what is left decides", async ({ ctx }) => {
  const { ben, cleo, dora, ana, id } = await approvedRequest(ctx);
  await approve(cleo.ctx, id);
  expect(await unreviewRequest(ben.ctx, { id })).toMatchObject({ state: "approved" });
  expect(await unreviewRequest(cleo.ctx, { id })).toMatchObject({ state: "pending", validUntil: null });
  await expect(unreviewRequest(dora.ctx, { id })).rejects.toMatchObject({ code: "no_review" });
  await expect(withdrawRequest(dora.ctx, { id })).rejects.toMatchObject({ code: "not_requester" });
  expect(await withdrawRequest(ana.ctx, { id })).toMatchObject({ state: "withdrawn" });
});

pgTest("a state that was changed by hand is found", async ({ ctx }) => {
  const { id } = await approvedRequest(ctx);
  const mine = async () => (await checkConsistency(ctx)).mismatches.filter(({ requestId }) => requestId === id);
  expect(await mine()).toEqual([]);
  await ctx.pool.query("UPDATE approval_request SET state = 'denied' WHERE id = $1", [id]);
  expect(await mine()).toMatchObject([{ state: "denied", derived: "approved" }]);
});

pgTest("pages of requests go on where the one before ended", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  for (let version = 2; version <= 4; version++) await makeVersion(scene.ana.ctx);
  const asked: string[] = [];
  for (const version of [1, 2, 3, 4]) asked.unshift((await ask(scene, { version })).id);
  for (const who of [ctx, scene.ben.ctx]) {
    const query = who === ctx ? {} : { waiting: true };
    const first = await listRequests(who, { ...query, limit: 3 });
    const rest = await listRequests(who, { ...query, limit: 3, ...(first.nextCursor && { cursor: first.nextCursor }) });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(asked);
    expect(rest.nextCursor).toBeUndefined();
  }
  expect((await listRequests(scene.ana.ctx, { mine: true, state: ["pending"] })).items).toHaveLength(4);
  expect((await listRequests(scene.ben.ctx, { mine: true })).items).toEqual([]);
  expect((await listRequests(ctx, { model: "other" })).items).toEqual([]);
});
