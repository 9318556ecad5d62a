import type { Ctx } from "#lib/platform/ctx.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { selectTransitions, selectVersion } from "#lib/registry/store.ts";

/**
 * The version in Production, or null. Unguarded: `serving` asks for its own process, whoever calls `/predict`; what it
 * finds is never handed out as it is.
 */
export async function getProductionVersion(ctx: Ctx, input: { modelName: string }): Promise<ModelVersion | null> {
  return selectVersion(ctx, input.modelName, { stage: "Production" });
}

/** Whether any version of the model was ever in Production: what ends the quickstart rule. Unguarded as well. */
export async function hadProduction(ctx: Ctx, input: { modelName: string }): Promise<boolean> {
  return (await selectTransitions(ctx, input.modelName)).some((transition) => transition.to === "Production");
}
