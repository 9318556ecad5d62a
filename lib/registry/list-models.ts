import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { ModelSummary } from "#lib/registry/schemas.ts";
import { selectModels } from "#lib/registry/store.ts";

/** The project's models by name; of a key that is confined, its own. */
export async function listModels(ctx: Ctx): Promise<ModelSummary[]> {
  requireScope(ctx, "registry:read");
  const only = confinedToModels(ctx);
  const models = (await selectModels(ctx)).filter((model) => only?.includes(model.name) !== false);
  return models.map(({ id: _, ...model }) => model);
}
