import { expect } from "vitest";
import { scopesOfRole } from "#lib/auth/scopes.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { getModel } from "#lib/registry/get-model.ts";
import { setProtection } from "#lib/registry/protect-target.ts";
import { deleteAlias, setAlias } from "#lib/registry/set-alias.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { updateModel } from "#lib/registry/update-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const PRODUCTION = { target: "stage:Production", policyId: "pol_test" };

function member(): Actor {
  const id = newId("usr");
  return { type: "user", id, email: `${id}@example.org`, name: "Member", scopes: scopesOfRole("member") };
}

async function twoVersions(ctx: Ctx): Promise<void> {
  await makeVersion(ctx);
  await makeVersion(ctx);
}

pgTest("into a protected stage nobody moves a version by themselves, not even an admin", async ({ ctx, make }) => {
  await twoVersions(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await setProtection(ctx, { modelName: "digits", ...PRODUCTION });
  for (const who of [ctx, await make.ctx({ actor: member() })]) {
    const promotion = setStage(who, { modelName: "digits", version: 2, stage: "Production" });
    await expect(promotion).rejects.toMatchObject({ kind: "forbidden", code: "approval_required" });
    await promotion.catch((error) => {
      expect(error.details[0].remedy).toContain(
        `/approvals/new?model=digits&version=2&target=stage%3AProduction&project=${ctx.projectId}`,
      );
    });
  }
  expect((await getModel(ctx, { name: "digits" })).productionVersion).toBe(1);
  await setStage(ctx, { modelName: "digits", version: 2, stage: "Staging" });

  await setProtection(ctx, { modelName: "digits", target: PRODUCTION.target, policyId: null });
  await setStage(ctx, { modelName: "digits", version: 2, stage: "Production" });
});

pgTest("a policy for * protects every model, of this project only", async ({ ctx, make }) => {
  await setProtection(ctx, { modelName: "*", ...PRODUCTION });
  await makeVersion(ctx);
  await expect(setStage(ctx, { modelName: "digits", version: 1, stage: "Production" })).rejects.toMatchObject({
    code: "approval_required",
  });
  const other = newId("prj");
  await ctx.db.project.create({ data: { id: other, name: other } });
  const elsewhere = await make.ctx({ projectId: other });
  await makeVersion(elsewhere);
  await setStage(elsewhere, { modelName: "digits", version: 1, stage: "Production" });
});

pgTest("out of a protected stage only an admin takes a version, with a reason on record", async ({ ctx, make, db }) => {
  await makeVersion(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await setProtection(ctx, { modelName: "digits", ...PRODUCTION });
  const archive = { modelName: "digits", version: 1, stage: "Archived" } as const;
  const someone = await make.ctx({ actor: member() });
  await expect(setStage(someone, { ...archive, reason: "it is wrong" })).rejects.toMatchObject({
    code: "approval_required",
  });
  await expect(setStage(ctx, archive)).rejects.toMatchObject({ kind: "invalid" });
  await setStage(ctx, { ...archive, reason: "it reads sevens as ones" });
  const row = await db.auditEvent.findFirst({
    where: { chain: `project:${ctx.projectId}`, action: "version.stage" },
    orderBy: { seq: "desc" },
  });
  expect(row?.detail).toMatchObject({ to: "Archived", reason: "it reads sevens as ones" });
});

pgTest("an approval that is not being carried out opens nothing", async ({ ctx }) => {
  await makeVersion(ctx);
  await setProtection(ctx, { modelName: "digits", ...PRODUCTION });
  const forged = { modelName: "digits", version: 1, stage: "Production", approvalId: "apr_forged" } as const;
  await expect(setStage(ctx, forged)).rejects.toMatchObject({ code: "approval_not_usable" });
  await expect(
    setAlias(ctx, { modelName: "digits", version: 1, alias: "blue", approvalId: "apr_forged" }),
  ).rejects.toMatchObject({ code: "approval_not_usable" });
});

pgTest("the quickstart rule still puts the first version ever into Production", async ({ ctx, make }) => {
  await twoVersions(ctx);
  await setProtection(ctx, { modelName: "digits", ...PRODUCTION });
  const scopes = ["registry:read", "registry:write"];
  const rule = await make.ctx({ actor: { type: "system", id: "quickstart", scopes } });
  await setStage(rule, { modelName: "digits", version: 1, stage: "Production" });
  await expect(setStage(rule, { modelName: "digits", version: 2, stage: "Production" })).rejects.toMatchObject({
    code: "approval_required",
  });
});

pgTest("aliases move, are on record, and can be protected", async ({ ctx, make, db }) => {
  await twoVersions(ctx);
  expect((await setAlias(ctx, { modelName: "digits", alias: "blue", version: 1 })).aliases).toEqual(["blue"]);
  await setAlias(ctx, { modelName: "digits", alias: "blue", version: 2, reason: "newer" });
  await setAlias(ctx, { modelName: "digits", alias: "blue", version: 2 });
  expect((await getModel(ctx, { name: "digits" })).aliases).toEqual({ blue: 2 });
  const moves = await db.auditEvent.findMany({
    where: { chain: `project:${ctx.projectId}`, action: "model.set_alias" },
    orderBy: { seq: "asc" },
  });
  expect(moves.map(({ detail }) => detail)).toMatchObject([
    { alias: "blue", before: null, after: 1 },
    { alias: "blue", before: 1, after: 2, reason: "newer" },
  ]);

  await setProtection(ctx, { modelName: "digits", target: "alias:blue", policyId: "pol_test" });
  await expect(setAlias(ctx, { modelName: "digits", alias: "blue", version: 1 })).rejects.toMatchObject({
    code: "approval_required",
  });
  const someone = await make.ctx({ actor: member() });
  await expect(deleteAlias(someone, { modelName: "digits", alias: "blue", reason: "x" })).rejects.toMatchObject({
    code: "approval_required",
  });
  await expect(deleteAlias(ctx, { modelName: "digits", alias: "blue" })).rejects.toMatchObject({ kind: "invalid" });
  await deleteAlias(ctx, { modelName: "digits", alias: "blue", reason: "not used any more" });
  await expect(deleteAlias(ctx, { modelName: "digits", alias: "blue" })).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("champion cannot be set or taken by hand, and is protected where Production is", async ({ ctx }) => {
  await makeVersion(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await makeVersion(ctx);
  const byHand = () => setAlias(ctx, { modelName: "digits", alias: "champion", version: 2 });
  await expect(byHand()).rejects.toMatchObject({ code: "alias_follows_production" });
  await expect(deleteAlias(ctx, { modelName: "digits", alias: "champion" })).rejects.toMatchObject({
    code: "alias_follows_production",
  });
  await setProtection(ctx, { modelName: "digits", ...PRODUCTION });
  await expect(byHand()).rejects.toMatchObject({ code: "approval_required" });
});

pgTest("a move and a policy at the same moment: the move is before it, or refused", async ({ ctx }) => {
  for (let round = 0; round < 10; round++) {
    await makeVersion(ctx);
    const version = round + 1;
    const [moved] = await Promise.allSettled([
      setStage(ctx, { modelName: "digits", version, stage: "Production" }),
      setProtection(ctx, { modelName: "digits", ...PRODUCTION }),
    ]);
    const { productionVersion } = await getModel(ctx, { name: "digits" });
    if (moved.status === "rejected") expect(moved.reason).toMatchObject({ code: "approval_required" });
    expect(productionVersion === version).toBe(moved.status === "fulfilled");
    await setProtection(ctx, { modelName: "digits", target: PRODUCTION.target, policyId: null });
  }
});

pgTest("risk is an admin's to set, a description a member's; both are on record", async ({ ctx, make, db }) => {
  await makeVersion(ctx);
  const someone = await make.ctx({ actor: member() });
  await expect(updateModel(someone, { name: "digits", risk: "high" })).rejects.toMatchObject({ kind: "forbidden" });
  expect(await updateModel(someone, { name: "digits", description: "Digits by hand" })).toMatchObject({ risk: "low" });
  expect(await updateModel(ctx, { name: "digits", risk: "high" })).toMatchObject({
    risk: "high",
    description: "Digits by hand",
  });
  expect(await db.auditEvent.count({ where: { chain: `project:${ctx.projectId}`, action: "model.update" } })).toBe(2);
  await expect(updateModel(ctx, { name: "none", risk: "high" })).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("rejects a read-only actor", async ({ make }) => {
  const reader = await make.apiKeyCtx({ scopes: ["registry:read"] });
  for (const write of [
    () => setAlias(reader, { modelName: "digits", alias: "blue", version: 1 }),
    () => deleteAlias(reader, { modelName: "digits", alias: "blue" }),
    () => updateModel(reader, { name: "digits", description: "x" }),
    () => setProtection(reader, { modelName: "digits", ...PRODUCTION }),
  ]) {
    await expect(write()).rejects.toMatchObject({ kind: "forbidden" });
  }
});
