import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError } from "#lib/platform/errors.ts";
import { deleteVersion } from "#lib/registry/delete-model.ts";
import { batchPredict } from "#lib/serving/batch-predict.ts";
import { createDeployment } from "#lib/serving/deployments/create-deployment.ts";
import { deleteDeployment } from "#lib/serving/deployments/delete-deployment.ts";
import { getActivity, getDeployment, getTrafficHistory } from "#lib/serving/deployments/get-deployment.ts";
import { listDeployments } from "#lib/serving/deployments/list-deployments.ts";
import { setTraffic } from "#lib/serving/deployments/set-traffic.ts";
import { updateDeployment } from "#lib/serving/deployments/update-deployment.ts";
import { predict } from "#lib/serving/predict.ts";
import { predictionLog } from "#lib/serving/prediction-log.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";
import { addVersion, digitOnnx } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const PIXELS = Array.from({ length: 784 }, (_, index) => (index % 28 === 14 ? 255 : 0));

async function makeVersions(ctx: Ctx): Promise<void> {
  await addVersion(ctx, 1, digitOnnx(1), "Production");
  await addVersion(ctx, 2, digitOnnx(2));
  await addVersion(ctx, 3, digitOnnx(3));
}

const actionsOf = async (ctx: Ctx) => {
  const rows = await ctx.db.auditEvent.findMany({
    where: { chain: `project:${ctx.projectId}` },
    orderBy: { seq: "asc" },
  });
  return rows
    .filter(({ subject }) => subject.startsWith("deployment:"))
    .map(({ action, subject }) => `${action} ${subject}`);
};

pgTest("a project's first deployment is its default, and /predict means it", async ({ ctx }) => {
  await makeVersions(ctx);
  await expect(predict(ctx, { pixels: PIXELS })).rejects.toMatchObject({ kind: "not_found" });
  const first = await createDeployment(ctx, { name: "one", modelName: "digits" });
  expect(first).toMatchObject({
    isDefault: true,
    access: "key",
    generation: 0,
    productionVersion: 1,
    isProtected: false,
  });
  const traffic = { champion: 2 };
  const second = await createDeployment(ctx, { name: "two", modelName: "digits", traffic });
  expect(second).toMatchObject({
    isDefault: false,
    generation: 1,
    traffic: { champion: 2, challengers: [], shadows: [] },
  });
  expect((await predict(ctx, { pixels: PIXELS })).deployment).toMatchObject({ name: "one", generation: 0 });
  expect(await predict(ctx, { pixels: PIXELS }, { deployment: "two" })).toMatchObject({ model: { version: 2 } });
  const batch = await batchPredict(ctx, { items: [{ pixels: PIXELS }] }, { deployment: "two" });
  expect(batch).toMatchObject({ model: { version: 2 }, deployment: { name: "two" } });
  expect((await listDeployments(ctx)).map(({ name }) => name)).toEqual(["one", "two"]);

  await updateDeployment(ctx, { name: "two", isDefault: true });
  await updateDeployment(ctx, { name: "two", isDefault: true });
  await trafficRouter().refresh();
  expect((await predict(ctx, { pixels: PIXELS })).deployment.name).toBe("two");
  await predictionLog().flush();
  expect((await getActivity(ctx, { name: "two" })).answers).toMatchObject([{ version: 2, answers: 3 }]);

  await expect(deleteDeployment(ctx, { name: "two" })).rejects.toMatchObject({ code: "default_deployment" });
  await deleteDeployment(ctx, { name: "one", reason: "not needed" });
  await trafficRouter().refresh();
  await expect(predict(ctx, { pixels: PIXELS }, { deployment: "one" })).rejects.toMatchObject({ kind: "not_found" });
  await deleteDeployment(ctx, { name: "two" });
  expect(await listDeployments(ctx)).toEqual([]);
  expect(await actionsOf(ctx)).toEqual([
    "deployment.create deployment:one",
    "deployment.create deployment:two",
    "deployment.update deployment:two",
    "deployment.delete deployment:one",
    "deployment.delete deployment:two",
  ]);
});

pgTest("a name is taken once, and names a model that is there", async ({ ctx, make }) => {
  await makeVersions(ctx);
  const of = (name: string, modelName = "digits") => createDeployment(ctx, { name, modelName });
  const made = await Promise.allSettled([of("same"), of("same"), of("same")]);
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(made.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "deployment_exists" } });
  await expect(of("other", "nothing")).rejects.toMatchObject({ kind: "not_found" });
  for (const name of ["", "Upper", "with space", "a/b", "-a", "x".repeat(64)]) await expect(of(name)).rejects.toThrow();
  // The same name in another project is another deployment.
  const stranger = await make.ctx({ projectId: "default" });
  await expect(getDeployment(stranger, { name: "same" })).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("every table is kept, the same one again is none, and a late change is refused", async ({ ctx }) => {
  await makeVersions(ctx);
  await createDeployment(ctx, { name: "digits", modelName: "digits" });
  const set = (traffic: Parameters<typeof setTraffic>[1]["traffic"], more: object = {}) =>
    setTraffic(ctx, { name: "digits", traffic, ...more });
  const half = { champion: 1, challengers: [{ version: 2, weight: 0.5 }] } as const;
  const canary = { ...half, challengers: [{ version: 2, weight: 0.05 }] };
  expect(await set(canary, { reason: "try it" })).toMatchObject({ generation: 1 });
  expect(await set(canary)).toMatchObject({ generation: 1 });
  expect(await set({ ...half, challengers: [...half.challengers] }, { expectedGeneration: 1 })).toMatchObject({
    generation: 2,
  });
  await expect(set(canary, { expectedGeneration: 1 })).rejects.toMatchObject({
    kind: "conflict",
    code: "generation_moved",
  });
  expect(await set({ champion: "Production" })).toMatchObject({ generation: 3 });
  const first = await getTrafficHistory(ctx, { name: "digits", limit: 2 });
  expect(first.items.map(({ generation }) => generation)).toEqual([3, 2]);
  const { items, nextCursor } = await getTrafficHistory(ctx, { name: "digits", limit: 2, cursor: first.nextCursor });
  expect(items).toMatchObject([
    { generation: 1, reason: "try it", traffic: canary, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(nextCursor).toBeUndefined();
  const salts = await ctx.db.trafficTable.findMany({
    where: { deployment: { projectId: ctx.projectId } },
    orderBy: { generation: "asc" },
  });
  const saltOf = (index: number) => new Map(Object.entries(salts[index]?.entries ?? {})).get("salt");
  expect(saltOf(0)).toEqual(expect.stringContaining(":assign"));
  // The same challengers keep their callers; others meet others.
  expect(saltOf(1)).toBe(saltOf(0));
  expect(saltOf(2)).not.toBe(saltOf(0));
  expect(JSON.stringify(first)).not.toContain("salt");
  expect((await actionsOf(ctx)).filter((line) => line.startsWith("deployment.traffic"))).toHaveLength(3);
});

pgTest("of many changes at once each has a generation of its own", async ({ ctx }) => {
  await makeVersions(ctx);
  await createDeployment(ctx, { name: "digits", modelName: "digits" });
  const weights = Array.from({ length: 8 }, (_, index) => (index + 1) / 100);
  const made = await Promise.all(
    weights.map((weight) =>
      setTraffic(ctx, { name: "digits", traffic: { champion: 1, challengers: [{ version: 2, weight }] } }),
    ),
  );
  expect(made.map(({ generation }) => generation).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

pgTest("a table names versions that can be served", async ({ ctx, db }) => {
  await makeVersions(ctx);
  await createDeployment(ctx, { name: "digits", modelName: "digits" });
  const set = (traffic: Parameters<typeof setTraffic>[1]["traffic"]) => setTraffic(ctx, { name: "digits", traffic });
  await expect(set({ champion: 7 })).rejects.toMatchObject({
    kind: "invalid",
    details: [{ field: "traffic.champion", problem: "digits has no version 7" }],
  });
  await db.modelVersion.updateMany({ where: { projectId: ctx.projectId, version: 3 }, data: { onnxDigest: null } });
  await expect(set({ champion: "Production", shadows: [{ version: 3, share: 1 }] })).rejects.toMatchObject({
    details: [{ field: "traffic.shadows[0].version", problem: "version 3 has no ONNX file" }],
  });
  const twice = { champion: 2, challengers: [{ version: 2, weight: 0.1 }] };
  await expect(set(twice)).rejects.toThrow("named twice");
  const tooMuch = {
    champion: 1,
    challengers: [
      { version: 2, weight: 0.7 },
      { version: 3, weight: 0.6 },
    ],
  };
  await expect(set(tooMuch)).rejects.toThrow("add up to");
  // What a table names is not deleted under it.
  await set({ champion: "Production", challengers: [{ version: 2, weight: 0 }] });
  await expect(deleteVersion(ctx, { name: "digits", version: 2 })).rejects.toMatchObject({
    code: "version_serves",
  });
});

pgTest("where Production is protected, what was never approved may only mirror", async ({ ctx, db }) => {
  await makeVersions(ctx);
  await createDeployment(ctx, { name: "digits", modelName: "digits" });
  const { projectId } = ctx;
  const protect = { projectId, modelName: "*", target: "stage:Production", policyId: "pol_1" };
  await db.protectedTarget.create({ data: protect });
  const set = (traffic: Parameters<typeof setTraffic>[1]["traffic"], reason = "because") =>
    setTraffic(ctx, { name: "digits", traffic, reason });
  const refused = { kind: "forbidden", code: "approval_required" };
  await expect(set({ champion: 2 })).rejects.toMatchObject(refused);
  await expect(set({ champion: 1, challengers: [{ version: 2, weight: 0 }] })).rejects.toMatchObject({
    ...refused,
    details: [{ field: "traffic.challengers[0].version", remedy: expect.stringContaining("/approvals/new?") }],
  });
  const second = { name: "second", modelName: "digits", traffic: { champion: 2 }, reason: "because" };
  await expect(createDeployment(ctx, second)).rejects.toMatchObject(refused);
  expect(await set({ champion: "Production", shadows: [{ version: 2, share: 0.1 }] }, "")).toMatchObject({
    generation: 1,
  });
  // Going back to what an approval once let in never waits, but says why.
  const old = await db.modelVersion.findFirstOrThrow({ where: { projectId, version: 3 } });
  await db.stageTransition.create({
    data: {
      ...{ versionId: old.id, fromStage: "None", toStage: "Production", actor: "user:a", at: new Date() },
      approvalId: `apr_${projectId}`,
    },
  });
  await expect(set({ champion: 3 }, " ")).rejects.toMatchObject({ kind: "invalid", details: [{ field: "reason" }] });
  expect(await set({ champion: 3 })).toMatchObject({ generation: 2, isProtected: true });
});

pgTest("only admins change deployments; readers of models see them, a confined key its own", async ({ ctx, make }) => {
  await makeVersions(ctx);
  await createDeployment(ctx, { name: "digits", modelName: "digits" });
  await createDeployment(ctx, { name: "other", modelName: "digits" });
  const member = await make.ctx({ scopes: ["registry:read", "registry:write", "serving:predict"] });
  const tries = [
    () => createDeployment(member, { name: "mine", modelName: "digits" }),
    () => setTraffic(member, { name: "digits", traffic: { champion: 2 } }),
    () => updateDeployment(member, { name: "digits", access: "public" }),
    () => deleteDeployment(member, { name: "other" }),
  ];
  for (const attempt of tries) await expect(attempt()).rejects.toThrow(ForbiddenError);
  expect(await listDeployments(member)).toHaveLength(2);
  const key = await make.apiKeyCtx({ scopes: ["registry:read", "serving:predict"] });
  if (key.actor.type !== "apiKey") throw new Error("not a key");
  const confined: Ctx = { ...key, actor: { ...key.actor, deployments: ["other"] } };
  expect((await listDeployments(confined)).map(({ name }) => name)).toEqual(["other"]);
  await expect(getDeployment(confined, { name: "digits" })).rejects.toMatchObject({ kind: "not_found" });
  await expect(predict(confined, { pixels: PIXELS }, { deployment: "digits" })).rejects.toMatchObject({
    kind: "not_found",
  });
  expect(await predict(confined, { pixels: PIXELS }, { deployment: "other" })).toMatchObject({ model: { version: 1 } });
  const foreign: Ctx = { ...key, actor: { ...key.actor, models: ["letters"] } };
  expect(await listDeployments(foreign)).toEqual([]);
  await expect(getDeployment(foreign, { name: "digits" })).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("public is open to anybody, and closed again at once", async ({ ctx }) => {
  await makeVersions(ctx);
  await createDeployment(ctx, { name: "digits", modelName: "digits", access: "public" });
  const nobody: Ctx = { ...ctx, actor: { type: "anonymous", scopes: [] } };
  const ask = () => predict(nobody, { pixels: PIXELS }, { deployment: "digits" });
  expect(await ask()).toMatchObject({ model: { version: 1 } });
  await updateDeployment(ctx, { name: "digits", access: "key" });
  await trafficRouter().refresh();
  await expect(ask()).rejects.toMatchObject({ kind: "unauthenticated" });
  const other = predict(nobody, { pixels: PIXELS }, { deployment: "nothing" });
  await expect(other).rejects.toMatchObject({ kind: "unauthenticated" });
});
