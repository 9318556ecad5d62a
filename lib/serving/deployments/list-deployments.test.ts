import { expect } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { listDeploymentNames } from "#lib/serving/deployments/list-deployments.ts";
import { pgTest } from "#lib/testing/pg.ts";

pgTest("names the project's own deployments, to a confined key only its own", async ({ ctx, make, db }) => {
  expect(await listDeploymentNames(ctx)).toEqual([]);
  for (const name of ["shadow", "default"]) {
    const row = { id: newId("dep"), name, modelName: "digits", access: "key" };
    await db.deployment.create({ data: { ...row, projectId: ctx.projectId } });
  }
  expect(await listDeploymentNames(ctx)).toEqual(["default", "shadow"]);
  expect(await listDeploymentNames(await make.ctx({ projectId: "default" }))).not.toContain("shadow");
  const key = await make.apiKeyCtx({ scopes: ["serving:predict"] });
  if (key.actor.type !== "apiKey") throw new Error("not a key");
  expect(await listDeploymentNames({ ...key, actor: { ...key.actor, deployments: ["shadow"] } })).toEqual(["shadow"]);
  const reader = await make.apiKeyCtx({ scopes: ["registry:read"] });
  await expect(listDeploymentNames(reader)).rejects.toThrow("scope serving:predict");
});
