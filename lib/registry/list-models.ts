import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { ModelSummary } from "#lib/registry/schemas.ts";
import { selectModels } from "#lib/registry/store.ts";

/** The project's models by name. */
export async function listModels(ctx: Ctx): Promise<ModelSummary[]> {
  requireScope(ctx, "registry:read");
  return (await selectModels(ctx)).map(({ id: _, ...model }) => model);
}
