import { expect, test } from "vitest";
import { breakGlass } from "#lib/approvals/break-glass.ts";
import { carryOut } from "#lib/approvals/carry-out.ts";
import { commentRequest } from "#lib/approvals/comment-request.ts";
import { evidenceArrived } from "#lib/approvals/evidence-arrived.ts";
import { executeRequest } from "#lib/approvals/execute-request.ts";
import { resubmitRequest } from "#lib/approvals/resubmit-request.ts";
import { reviewLater } from "#lib/approvals/review-later.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import { REQUEST_EVENTS, REQUEST_STATES, type RequestEvent, type RequestState } from "#lib/approvals/status.ts";
import { tendRequests } from "#lib/approvals/tend-requests.ts";
import { CONTRACT } from "#lib/approvals/testing/contract.ts";
import { ask, makePerson, makeScene, protect, type Scene, type Someone } from "#lib/approvals/testing/scene.ts";
import { unreviewRequest } from "#lib/approvals/unreview-request.ts";
import { withdrawRequest } from "#lib/approvals/withdraw-request.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { CardTexts } from "#lib/registry/card-schemas.ts";
import { editCard } from "#lib/registry/edit-card.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";

interface Stage extends Scene {
  ctx: Ctx;
  id: string;
  emma: Someone;
}

const HOUR = 3_600_000;

/** A request that Dora has reviewed where the state allows, by real events as far as there are, in the given state. */
async function inState(ctx: Ctx, state: RequestState): Promise<Stage> {
  const scene = await makeScene(ctx);
  const emma = await makePerson(ctx, {
    name: "Emma",
    role: "member",
    grants: ["emergency"],
    hasSecondFactor: true,
  });
  await protect(scene, { breakGlass: { allowed: true, reviewWithinHours: 24 } });
  const { id } = await ask(scene);
  const review = (decision: "approve" | "deny" | "request_changes") =>
    reviewRequest(scene.dora.ctx, { id, decision, comment: "because" });
  switch (state) {
    case "pending":
      break;
    case "changes_requested":
      await review("request_changes");
      break;
    case "denied":
      await review("deny");
      break;
    case "withdrawn":
      await withdrawRequest(scene.ana.ctx, { id });
      break;
    case "revoked":
      await review("approve");
      await review("deny");
      break;
    case "executed":
      await review("approve");
      await executeRequest(scene.ana.ctx, { id });
      break;
    default:
      await review("approve");
      // Claimed and then the process died, or ended by the clock, or by what else ends requests.
      await ctx.db.approvalRequest.update({
        where: { id },
        data: { state, ...(state === "executing" && { executingAt: new Date(Date.now() - HOUR) }) },
      });
  }
  return { ...scene, ctx, id, emma };
}

/** Lets each event happen as it does in life. */
const HAPPEN: Record<RequestEvent, (stage: Stage, state: RequestState) => Promise<unknown>> = {
  approve: ({ ben, id }) => reviewRequest(ben.ctx, { id, decision: "approve" }),
  deny: ({ ben, id }) => reviewRequest(ben.ctx, { id, decision: "deny", comment: "no" }),
  request_changes: ({ ben, id }) => reviewRequest(ben.ctx, { id, decision: "request_changes", comment: "mend it" }),
  unreview: async ({ dora, id, ctx }, state) => {
    // Nobody has reviewed a pending or withdrawn request here; so Cleo's wish for two is not met by Dora's review.
    if (state === "pending" || state === "withdrawn") await addReview(ctx, id, dora.id);
    return unreviewRequest(dora.ctx, { id });
  },
  resubmit: ({ ana, id }) => resubmitRequest(ana.ctx, { id, reason: "mended" }),
  evidence: ({ ctx, id }) => evidenceArrived(ctx, { id, round: 1 }),
  subject_changed: async (stage, state) => {
    await changeCard(stage);
    if (state === "executing") return carryOut(stage.ctx, { id: stage.id });
    return tendRequests(stage.ctx);
  },
  policy_tightened: ({ admin }) => protect({ admin }, { approvals: 2 }),
  reviewer_lost_access: async ({ ctx, dora }) => {
    await ctx.db.membership.deleteMany({ where: { userId: dora.id } });
    // Executions under way are left alone for this: they are re-checked where they act.
    return tendOpen(ctx);
  },
  withdraw: ({ ana, id }) => withdrawRequest(ana.ctx, { id }),
  tick_expires: async ({ ctx, id }) => {
    await ctx.db.approvalRequest.update({ where: { id }, data: { expiresAt: new Date(Date.now() - HOUR) } });
    return tendOpen(ctx);
  },
  tick_valid_until: async ({ ctx, id }) => {
    await ctx.db.approvalRequest.update({ where: { id }, data: { validUntil: new Date(Date.now() - HOUR) } });
    return tendOpen(ctx);
  },
  execute: ({ ana, id }) => executeRequest(ana.ctx, { id }),
  execution_ok: ({ ctx, ana, id }) => carryOut({ ...ctx, actor: ana.ctx.actor }, { id }),
  // Who carries it out may not write to the registry.
  execution_failed: ({ ctx, ana, id }) => carryOut({ ...ctx, actor: { ...ana.ctx.actor, scopes: [] } }, { id }),
  break_glass: ({ emma, id }) => breakGlass(emma.ctx, { id, reason: "it burns" }),
  later_review: async ({ ben, ctx, id }) => {
    await ctx.db.approvalRequest.update({ where: { id }, data: { reviewDueAt: new Date() } });
    return reviewLater(ben.ctx, { id, verdict: "justified", comment: "it did burn" });
  },
  comment: ({ ana, id }) => commentRequest(ana.ctx, { id, body: "hello" }),
};

/** The keeper, but for executions that a crash left behind. */
async function tendOpen(ctx: Ctx): Promise<void> {
  await ctx.pool.query("UPDATE approval_request SET executing_at = now() WHERE state = 'executing'");
  await tendRequests(ctx);
}

async function changeCard({ ctx, cleo }: Stage): Promise<void> {
  const texts = CardTexts.parse({ intendedUse: "Something else." });
  const who = { ...ctx, actor: { ...cleo.ctx.actor, scopes: ["registry:read", "registry:write"] } };
  await editCard(who, { modelName: "digits", version: 1, texts });
}

async function addReview(ctx: Ctx, requestId: string, reviewer: string): Promise<void> {
  const { subjectDigest } = await ctx.db.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  const reviewerRoles = { role: "reviewer", thresholds: ["reviewers"] };
  const review = { requestId, round: 1, reviewer, decision: "approve", reviewerRoles, subjectDigest, at: new Date() };
  await ctx.db.approvalReview.create({ data: review });
}

test("the fixture names every state and event", () => {
  expect(Object.keys(CONTRACT).sort()).toEqual([...REQUEST_EVENTS].sort());
  for (const row of Object.values(CONTRACT)) expect(Object.keys(row).sort()).toEqual([...REQUEST_STATES].sort());
});

for (const event of REQUEST_EVENTS) {
  for (const state of REQUEST_STATES) {
    const want = CONTRACT[event][state];
    pgTest(`${event} in ${state}: ${want}`, async ({ ctx, db }) => {
      const stage = await inState(ctx, state);
      const before = await db.approvalRequest.findUniqueOrThrow({ where: { id: stage.id } });
      const seen = await db.auditEvent.count({ where: { subject: `approval:${stage.id}` } });
      const [done] = await Promise.allSettled([HAPPEN[event](stage, state)]);
      const after = await db.approvalRequest.findUniqueOrThrow({ where: { id: stage.id } });
      const records = await db.auditEvent.findMany({
        where: { subject: `approval:${stage.id}` },
        orderBy: { seq: "asc" },
      });
      const actions = records.slice(seen).map(({ action }) => action);

      if (want === "409") {
        expect(done).toMatchObject({ status: "rejected", reason: { kind: "conflict" } });
        expect(after.state).toBe(before.state);
        expect(actions).toEqual([]);
        return;
      }
      if (done.status === "rejected") throw done.reason;
      if (want === "nothing") {
        expect(after).toMatchObject({ state: before.state, lockVersion: before.lockVersion, round: before.round });
        expect(actions).toEqual([]);
      } else if (want === "same answer") {
        expect(after.state).toBe(state === "executing" ? "executed" : before.state);
        expect(actions).not.toContain("approval.execute");
      } else {
        expect(actions[0]).toBe(`approval.${event}`);
        const to = want === "recorded" ? before.state : want;
        expect(records[seen]?.detail).toMatchObject({ from: before.state, to });
        if (event === "resubmit") expect(after.round).toBe(before.round + 1);
      }
    });
  }
}

pgTest("what execution moves, it moves once", async ({ ctx }) => {
  const stage = await inState(ctx, "executed");
  await makeVersion(stage.ana.ctx);
  await expect(setStage(ctx, { modelName: "digits", version: 2, stage: "Production" })).rejects.toMatchObject({
    code: "approval_required",
  });
});
