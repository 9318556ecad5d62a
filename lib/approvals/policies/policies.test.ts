import { expect } from "vitest";
import { getRequest } from "#lib/approvals/get-request.ts";
import { checkPolicy } from "#lib/approvals/policies/check-policy.ts";
import { listPolicies } from "#lib/approvals/policies/list-policies.ts";
import { removePolicy, savePolicy } from "#lib/approvals/policies/save-policy.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import {
  ask,
  makeKeyOf,
  makePerson,
  makeScene,
  PRODUCTION,
  policyBody,
  protect,
} from "#lib/approvals/testing/scene.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { updateModel } from "#lib/registry/update-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const about = { modelName: "digits", target: PRODUCTION };

pgTest("a saved policy protects, is versioned and on record; removed, it protects no more", async ({ ctx, db }) => {
  const scene = await makeScene(ctx);
  const first = await protect(scene);
  expect(first).toMatchObject({ version: 1, removed: false, body: { riskOverrides: { high: { approvals: 2 } } } });
  const second = await protect(scene, { commentRequired: true });
  const promote = () => setStage(scene.admin, { modelName: "digits", version: 1, stage: "Production" });
  await expect(promote()).rejects.toMatchObject({ code: "approval_required" });
  expect((await listPolicies(scene.admin)).map(({ id }) => id)).toEqual([second.id]);

  await expect(removePolicy(scene.admin, { id: first.id })).rejects.toMatchObject({ kind: "not_found" });
  await removePolicy(scene.admin, { id: second.id });
  expect(await listPolicies(scene.admin)).toEqual([]);
  expect(
    (await listPolicies(scene.admin, { history: true })).map(({ version, removed }) => [version, removed]),
  ).toEqual([
    [3, true],
    [2, false],
    [1, false],
  ]);
  await promote();
  const record = await db.auditEvent.findMany({
    where: { chain: `project:${ctx.projectId}`, subject: `policy:digits/${PRODUCTION}` },
    orderBy: { seq: "asc" },
  });
  expect(record.map(({ action }) => action)).toEqual(["policy.save", "policy.save", "policy.remove"]);
  expect(record[1]?.detail).toMatchObject({ before: { commentRequired: false }, after: { commentRequired: true } });
});

pgTest("one that nobody could satisfy is refused, with the names of who could approve", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  const three = policyBody({ approvals: 3 });
  const refused = savePolicy(scene.admin, { ...about, body: three });
  await expect(refused).rejects.toMatchObject({ kind: "invalid", code: "policy_unsatisfiable" });
  await refused.catch((error) => expect(error.details[0].problem).toContain("Ben, Cleo, Dora"));
  expect(await checkPolicy(scene.admin, { ...about, body: three })).toMatchObject({
    satisfiable: false,
    thresholds: [{ approvals: 3, eligible: [{ name: "Ben" }, { name: "Cleo" }, { name: "Dora" }], satisfiable: false }],
  });
  // All three may be needed where nobody has to step aside.
  const free = policyBody({ approvals: 3, separationOfDuties: { requester: false, contributors: false } });
  expect(await checkPolicy(scene.admin, { ...about, body: free })).toMatchObject({ satisfiable: true, problems: [] });

  const outsider = await makePerson({ ...ctx, projectId: "default" }, { name: "Zoe", role: "reviewer" });
  const bad = [
    { name: "a", users: ["usr_nobody"], approvals: 1 },
    { name: "b", users: [outsider.id], approvals: 1 },
    { name: "c", users: [scene.ana.id], approvals: 1 },
    { name: "d", services: [scene.ben.id], approvals: 1 },
    { name: "e", approvals: 1 },
    { name: "f", roles: ["admin"], approvals: 1 },
  ];
  for (const threshold of bad) {
    const body = policyBody({ thresholds: [threshold] });
    await expect(savePolicy(scene.admin, { ...about, body }), threshold.name).rejects.toMatchObject({
      code: "policy_unsatisfiable",
    });
  }
  const twice = policyBody({ thresholds: [...policyBody().thresholds, ...policyBody().thresholds] });
  expect((await checkPolicy(scene.admin, { ...about, body: twice })).problems[0]?.problem).toContain("this name");
  expect(await listPolicies(scene.admin)).toEqual([]);
});

pgTest("a high risk asks for two people, and for enough of them", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await updateModel(scene.admin, { name: "digits", risk: "high" });
  const few = { roles: [], users: [scene.ben.id, scene.cleo.id] };
  const body = policyBody({ thresholds: [{ name: "two", ...few, approvals: 1 }] });
  await expect(savePolicy(scene.admin, { ...about, body })).rejects.toMatchObject({ code: "policy_unsatisfiable" });
  await protect(scene);
  const { id } = await ask(scene);
  expect(await reviewRequest(scene.ben.ctx, { id, decision: "approve" })).toMatchObject({ state: "pending" });
  expect(await reviewRequest(scene.cleo.ctx, { id, decision: "approve" })).toMatchObject({ state: "approved" });
});

pgTest("a risk that is set while a request is open ends it", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene);
  const { id } = await ask(scene);
  await updateModel(scene.admin, { name: "digits", risk: "high" });
  await expect(reviewRequest(scene.ben.ctx, { id, decision: "approve" })).rejects.toMatchObject({
    code: "changed_since",
    message: expect.stringContaining("risk"),
  });
  expect((await getRequest(ctx, { id })).state).toBe("invalidated");
});

pgTest("the policy for every model holds where a model has none of its own", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  const general = await protect(scene, { approvals: 2 }, { modelName: "*" });
  const own = await protect(scene, { approvals: 1 });
  expect((await ask(scene)).policy.id).toBe(own.id);
  // Without its own policy the stricter general one holds: the open request ends.
  await removePolicy(scene.admin, { id: own.id });
  const again = await ask(scene);
  expect(again.policy.id).toBe(general.id);
});

pgTest("a looser policy leaves open requests as they are; naming oneself does not help", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  await protect(scene, { thresholds: [{ name: "Ben", users: [scene.ben.id, scene.cleo.id], approvals: 1 }] });
  const { id } = await ask(scene);
  const wider = { name: "Ben", users: [scene.ben.id, scene.cleo.id, scene.dora.id], approvals: 1 };
  await protect(scene, { thresholds: [wider] });
  await expect(reviewRequest(scene.dora.ctx, { id, decision: "approve" })).rejects.toMatchObject({
    code: "not_eligible",
  });
  expect(await reviewRequest(scene.ben.ctx, { id, decision: "approve" })).toMatchObject({ state: "approved" });
});

pgTest("who edits a policy that somebody else has saved since is told", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  const body = policyBody();
  const saves = await Promise.allSettled([
    savePolicy(scene.admin, { ...about, body, expectedVersion: 0 }),
    savePolicy(scene.admin, { ...about, body, expectedVersion: 0 }),
  ]);
  expect(saves.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(saves.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "policy_changed" });
});

pgTest("champion is kept as Production; a service account that is named may review with its key", async ({ ctx }) => {
  const scene = await makeScene(ctx);
  const robot = await makeKeyOf(ctx, { service: "gate robot", role: "reviewer" });
  const checks = { name: "checks", services: [robot.id], approvals: 1 };
  const thresholds = [...policyBody().thresholds, checks];
  const body = policyBody({ thresholds });
  const saved = await savePolicy(scene.admin, { modelName: "digits", target: "alias:champion", body });
  expect(saved.target).toBe(PRODUCTION);
  const { id } = await ask(scene);
  expect(await reviewRequest(robot.ctx, { id, decision: "approve" })).toMatchObject({ state: "pending" });
  expect(await reviewRequest(scene.ben.ctx, { id, decision: "approve" })).toMatchObject({ state: "approved" });
});

pgTest("only admins save, remove and check; only readers list", async ({ ctx, make }) => {
  const scene = await makeScene(ctx);
  const saved = await protect(scene);
  const reader = await make.apiKeyCtx({ scopes: ["approvals:read", "approvals:review"] });
  const body = policyBody();
  await expect(savePolicy(reader, { ...about, body })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(checkPolicy(reader, { ...about, body })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(removePolicy(reader, { id: saved.id })).rejects.toMatchObject({ kind: "forbidden" });
  const nobody = await make.apiKeyCtx({ scopes: [] });
  await expect(listPolicies(nobody)).rejects.toMatchObject({ kind: "forbidden" });
});
