import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { findDeployment } from "#lib/serving/deployments/find-deployment.ts";

/** How far into the log an actor sees; `models` absent: all. */
export interface Reach {
  projectId: string;
  models: readonly string[] | undefined;
}

/**
 * Who reads what a deployment answered.
 *
 * @throws NotFoundError no such deployment in the project, or the key is confined to others
 */
export async function reachDeployment(ctx: Ctx, name: string): Promise<Reach & { deployment: string }> {
  requireScope(ctx, "registry:read");
  await findDeployment(ctx, name);
  return { projectId: ctx.projectId, models: confinedToModels(ctx), deployment: name };
}
