import { confinedToDeployments, confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { toReply } from "#lib/serving/deployments/get-deployment.ts";
import type { Deployment } from "#lib/serving/deployments/schemas.ts";
import { selectDeploymentNames, selectDeployments } from "#lib/serving/store/deployments.ts";

/** The project's deployments by name; of a key that is confined, those that it may use. */
export async function listDeployments(ctx: Ctx): Promise<Deployment[]> {
  requireScope(ctx, "registry:read");
  const [only, models] = [confinedToDeployments(ctx), confinedToModels(ctx)];
  const all = await selectDeployments(ctx);
  return all
    .filter(({ name, modelName }) => only?.includes(name) !== false && models?.includes(modelName) !== false)
    .map(toReply);
}

/** The names of the project's deployments, as a key can be confined to them. A key's own confinement hides the others. */
export async function listDeploymentNames(ctx: Ctx): Promise<string[]> {
  requireScope(ctx, "serving:predict");
  const only = confinedToDeployments(ctx);
  const names = await selectDeploymentNames(ctx);
  return names.filter((name) => only?.includes(name) !== false);
}
