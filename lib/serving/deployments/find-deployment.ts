import { requireDeployment, requireModel } from "#lib/auth/confinement.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { type StoredDeployment, selectDeployment } from "#lib/serving/store/deployments.ts";

/** @throws NotFoundError no such deployment in the project, or the key is confined to others */
export async function findDeployment(ctx: Ctx, name: string): Promise<StoredDeployment> {
  requireDeployment(ctx, name);
  const found = await selectDeployment(ctx, name);
  if (found === null) throw new NotFoundError(`Deployment ${name}`);
  requireModel(ctx, found.modelName);
  return found;
}
