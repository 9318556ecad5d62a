import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { putIntoProduction } from "#lib/testing/digit-model.ts";

/** Serves this file as version 1 of `digits`, by the deployment `digits`. Its access is by key. */
export async function serveOnnx(ctx: Ctx, onnx: Uint8Array, version = 1): Promise<void> {
  await putIntoProduction(ctx, version, onnx);
  await ctx.db.deployment.updateMany({ where: { projectId: ctx.projectId }, data: { access: "key" } });
}

/** A deployment of a model that has no version. */
export async function deployNothing(ctx: Ctx, name: string): Promise<void> {
  const { projectId } = ctx;
  await ctx.db.deployment.create({ data: { id: newId("dep"), projectId, name, modelName: name, access: "key" } });
}
