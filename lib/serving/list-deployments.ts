import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { selectDeploymentNames } from "#lib/serving/store.ts";

/** The names of the project's deployments, as a key can be confined to them. A key's own confinement hides the others. */
export async function listDeployments(ctx: Ctx): Promise<string[]> {
  requireScope(ctx, "serving:predict");
  const { actor } = ctx;
  const only = actor.type === "apiKey" && actor.deployments?.length ? actor.deployments : undefined;
  const names = await selectDeploymentNames(ctx.db, ctx.projectId);
  return names.filter((name) => only?.includes(name) !== false);
}
