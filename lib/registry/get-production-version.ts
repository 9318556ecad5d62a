import type { Ctx } from "#lib/platform/ctx.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { selectHadProduction, selectVersion } from "#lib/registry/store.ts";

/**
 * The version in Production, or null. Unguarded: `serving` asks for its own process, whoever calls `/predict`; what it
 * finds is never handed out as it is.
 */
export async function getProductionVersion(ctx: Ctx, input: { modelName: string }): Promise<ModelVersion | null> {
  return selectVersion(ctx, input.modelName, { stage: "Production" });
}

/** Whether any version of the model was ever in Production, deleted ones too: what ends the quickstart rule. Unguarded as well. */
export async function hadProduction(ctx: Ctx, input: { modelName: string }): Promise<boolean> {
  return selectHadProduction(ctx, input.modelName);
}
