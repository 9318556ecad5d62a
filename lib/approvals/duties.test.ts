import { expect } from "vitest";
import { breakGlass } from "#lib/approvals/break-glass.ts";
import { executeRequest } from "#lib/approvals/execute-request.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import { listRequests } from "#lib/approvals/list-requests.ts";
import { requestApproval } from "#lib/approvals/request-approval.ts";
import { resubmitRequest } from "#lib/approvals/resubmit-request.ts";
import { reviewLater } from "#lib/approvals/review-later.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import { ask, makeKeyOf, makePerson, makeScene, PRODUCTION, protect } from "#lib/approvals/testing/scene.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { CardTexts } from "#lib/registry/card-schemas.ts";
import { editCard } from "#lib/registry/edit-card.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";

const approve = (ctx: Ctx, id: string) => reviewRequest(ctx, { id, decision: "approve" });
const wish = (version: number) => ({ modelName: "digits", version, target: PRODUCTION, reason: "better" });
const card = CardTexts.parse({ intendedUse: "Sorting post." });

/** The same person with other proofs of who they are. */
function withProof(ctx: Ctx, proof: { authenticatedAt?: Date; secondFactorAt?: Date }): Ctx {
  if (ctx.actor.type !== "user") throw new Error("not a person");
  const { authenticatedAt: _, secondFactorAt: __, ...actor } = ctx.actor;
  return { ...ctx, actor: { ...actor, ...proof } };
}
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

pgTest(
  "nobody approves what they asked for: not themselves, not with a key, not as an admin of the project",
  async ({ ctx }) => {
    const scene = await makeScene(ctx);
    await protect(scene);
    await makeVersion(scene.ana.ctx);
    const { id } = await requestApproval(scene.ben.ctx, wish(1));
    await expect(approve(scene.ben.ctx, id)).rejects.toMatchObject({ code: "separation_of_duties" });
    const key = await makeKeyOf(ctx, { userId: scene.ben.id });
    await expect(approve(key.ctx, id)).rejects.toMatchObject({ code: "review_needs_person" });
    await ctx.db.membership.updateMany({ where: { userId: scene.ben.id }, data: { role: "admin" } });
    await expect(approve(scene.ben.ctx, id)).rejects.toMatchObject({ code: "separation_of_duties" });
    // Asked with one key, approved by the person behind it.
    const byKey = await requestApproval(key.ctx, wish(2));
    expect(byKey.requestedBy).toEqual({ id: scene.ben.id, name: "Ben" });
    await expect(approve(scene.ben.ctx, byKey.id)).rejects.toMatchObject({ code: "separation_of_duties" });
    expect((await getRequest(scene.ben.ctx, { id })).permissions).toMatchObject({
      review: false,
      whyNot: "You asked for it: somebody else has to review.",
    });
  },
);

pgTest("nobody approves what they made: who trained it, also by a key, and who wrote its card", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  const key = await makeKeyOf(ctx, { userId: scene.cleo.id });
  await makeVersion(key.ctx);
  await editCard(scene.dora.ctx, { modelName: "digits", version: 2, texts: card });
  const { id, contributors, eligible } = await requestApproval(scene.ana.ctx, wish(2));
  expect(contributors.map(({ name }) => name).sort()).toEqual(["Cleo", "Dora"]);
  expect(eligible.map(({ name }) => name)).toEqual(["Ben"]);
  await expect(approve(scene.cleo.ctx, id)).rejects.toMatchObject({ code: "separation_of_duties" });
  await expect(approve(scene.dora.ctx, id)).rejects.toMatchObject({ code: "separation_of_duties" });
  expect((await approve(scene.ben.ctx, id)).state).toBe("approved");
});

pgTest("nobody approves what a robot whose key they made asks for, or made", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  const robot = await makeKeyOf(ctx, { service: "ci", role: "member", madeBy: scene.ben.id });
  await makeVersion(robot.ctx);
  const made = await requestApproval(scene.ana.ctx, wish(2));
  await expect(approve(scene.ben.ctx, made.id)).rejects.toMatchObject({ code: "separation_of_duties" });
  const asked = await requestApproval(robot.ctx, wish(1));
  await expect(approve(scene.ben.ctx, asked.id)).rejects.toMatchObject({ code: "separation_of_duties" });
  expect(await approve(scene.cleo.ctx, asked.id)).toMatchObject({ state: "approved" });
});

pgTest("who made a robot's key asked with it, also where only who asked is kept out", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene, { separationOfDuties: { requester: true, contributors: false } });
  const robot = await makeKeyOf(ctx, { service: "ci", role: "member", madeBy: scene.ben.id });
  const asked = await requestApproval(robot.ctx, wish(1));
  expect(asked.eligible.map(({ name }) => name)).not.toContain("Ben");
  await expect(approve(scene.ben.ctx, asked.id)).rejects.toMatchObject({ code: "separation_of_duties" });
  // Asked anew by the robot with a key of Cleo's: now it is Cleo who is kept out.
  const other = await makeKeyOf(ctx, { service: "spare", role: "member", madeBy: scene.cleo.id });
  if (other.ctx.actor.type !== "apiKey" || robot.ctx.actor.type !== "apiKey") throw new Error("not keys");
  await ctx.db.apiKey.update({ where: { id: other.ctx.actor.id }, data: { userId: robot.id } });
  const second: Ctx = { ...other.ctx, actor: { ...other.ctx.actor, userId: robot.id } };
  await resubmitRequest(second, { id: asked.id, reason: "again" });
  await expect(approve(scene.cleo.ctx, asked.id)).rejects.toMatchObject({ code: "separation_of_duties" });
  expect(await approve(scene.ben.ctx, asked.id)).toMatchObject({ state: "approved" });
});

pgTest("a reviewer who edits what is asked and then approves it ends the request", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  const { id } = await ask(scene);
  await editCard(scene.ben.ctx, { modelName: "digits", version: 1, texts: card });
  await expect(approve(scene.ben.ctx, id)).rejects.toMatchObject({ code: "changed_since" });
  expect(await getRequest(ctx, { id })).toMatchObject({ state: "invalidated", reviews: [] });
});

pgTest("a denial by who asked is a withdrawal; a member who is not asked cannot review at all", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  await makeVersion(scene.ana.ctx);
  const { id } = await requestApproval(scene.ben.ctx, wish(1));
  expect(await reviewRequest(scene.ben.ctx, { id, decision: "deny", comment: "no" })).toMatchObject({
    state: "withdrawn",
    reviews: [],
  });
  const other = await ask(scene, { version: 2 });
  await expect(approve(scene.ana.ctx, other.id)).rejects.toMatchObject({ kind: "forbidden" });
  const outsider = await makePerson({ ...ctx, projectId: "default" }, { name: "Zoe", role: "reviewer" });
  const zoe = { ...ctx, actor: outsider.ctx.actor };
  await expect(approve(zoe, other.id)).rejects.toMatchObject({ code: "not_eligible" });
  await expect(reviewRequest(scene.ben.ctx, { id: other.id, decision: "request_changes" })).rejects.toMatchObject({
    kind: "invalid",
  });
});

pgTest("the policy's proofs: lately signed in, with a second factor, with a comment", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene, { reauthenticateMinutes: 5, secondFactor: true, commentRequired: true });
  const { id } = await ask(scene);
  const { ben } = scene;
  const both = { authenticatedAt: minutesAgo(1), secondFactorAt: minutesAgo(1) };
  const refused = (proof: Parameters<typeof withProof>[1]) => expect(approve(withProof(ben.ctx, proof), id)).rejects;
  await refused({}).toMatchObject({ code: "reauthentication_required" });
  await refused({ ...both, authenticatedAt: minutesAgo(6) }).toMatchObject({ code: "reauthentication_required" });
  await refused({ authenticatedAt: minutesAgo(1) }).toMatchObject({ code: "second_factor_required" });
  await refused({ ...both, secondFactorAt: minutesAgo(6) }).toMatchObject({ code: "second_factor_required" });
  await refused(both).toMatchObject({ kind: "invalid" });
  const done = await reviewRequest(withProof(ben.ctx, both), { id, decision: "approve", comment: "fine" });
  expect(done).toMatchObject({ state: "approved", reviews: [{ secondFactor: true, comment: "fine" }] });
  expect(done.reviews[0]?.authAgeSeconds).toBeGreaterThanOrEqual(59);
});

pgTest(
  "break-glass: by grant, with a reason and a second factor, where the policy allows it; reviewed later by another",
  async ({ ctx, db }) => {
    const scene = await makeScene(ctx);
    await protect(scene);
    await makeVersion(scene.ana.ctx);
    const strict = await ask(scene);
    const granted = { role: "reviewer" as const, grants: ["emergency"] };
    const emma = await makePerson(ctx, { ...granted, name: "Emma", hasSecondFactor: true });
    const glass = (who: Ctx, id: string, reason = "all digits are sevens") => breakGlass(who, { id, reason });
    await expect(glass(emma.ctx, strict.id)).rejects.toMatchObject({ code: "break_glass_not_allowed" });

    await protect(scene, { breakGlass: { allowed: true, reviewWithinHours: 4 }, gates: [{ kind: "card_complete" }] });
    const { id } = await ask(scene, { version: 2 });
    await expect(glass(scene.ben.ctx, id)).rejects.toMatchObject({ code: "break_glass_not_granted" });
    const unproven = withProof(emma.ctx, { authenticatedAt: new Date() });
    await expect(glass(unproven, id)).rejects.toMatchObject({ code: "second_factor_required" });
    await expect(glass(emma.ctx, id, " ")).rejects.toMatchObject({ kind: "invalid" });
    const key = await makeKeyOf(ctx, { userId: emma.id });
    await expect(glass(key.ctx, id)).rejects.toMatchObject({ code: "break_glass_needs_person" });

    const broken = await glass(emma.ctx, id);
    expect(broken).toMatchObject({
      state: "approved",
      emergency: true,
      reviews: [{ emergency: true, counts: false, reviewer: { name: "Emma" } }],
    });
    expect(await executeRequest(emma.ctx, { id })).toMatchObject({ state: "executed" });
    expect((await listRequests(ctx, { due: true })).items.map((item) => item.id)).toEqual([id]);

    const later = { id, verdict: "justified", comment: "it was so" } as const;
    await expect(reviewLater(emma.ctx, later)).rejects.toMatchObject({ code: "separation_of_duties" });
    await expect(reviewLater(scene.ana.ctx, later)).rejects.toMatchObject({ kind: "forbidden" });
    expect(await reviewLater(scene.ben.ctx, later)).toMatchObject({
      reviewDueAt: null,
      reviewedLaterBy: { name: "Ben" },
    });
    await expect(reviewLater(scene.cleo.ctx, later)).rejects.toMatchObject({ code: "no_review_due" });
    const record = await db.auditEvent.findMany({ where: { subject: `approval:${id}` }, orderBy: { seq: "asc" } });
    expect(record.map(({ action }) => action)).toEqual([
      "approval.request",
      "approval.break_glass",
      "approval.execute",
      "approval.execution_ok",
      "approval.later_review",
    ]);
  },
);

pgTest("gates hold an approval up until the card is complete and the evidence there", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene, { gates: [{ kind: "card_complete" }] });
  await makeVersion(scene.ana.ctx);
  const bare = await ask(scene);
  expect(await approve(scene.ben.ctx, bare.id)).toMatchObject({
    state: "pending",
    gates: [{ kind: "card_complete", holds: false }],
  });
  const keys = ["intendedUse", "outOfScope", "factors", "ethicalConsiderations", "caveats"];
  const texts = CardTexts.parse(Object.fromEntries(keys.map((text) => [text, "Written."])));
  await editCard(scene.ana.ctx, { modelName: "digits", version: 2, texts });
  const whole = await ask(scene, { version: 2 });
  expect(await approve(scene.ben.ctx, whole.id)).toMatchObject({ state: "approved" });
});
