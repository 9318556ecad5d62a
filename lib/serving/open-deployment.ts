import { requireDeployment, requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import type { LiveDeployment } from "#lib/serving/traffic/live-deployment.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";

/**
 * A deployment of this process, if the caller may use it: anybody where it is public (unless ASSAY_PUBLIC_PREDICT closes it),
 * otherwise the scope `serving:predict`.
 *
 * @param name absent: the project's default one, which `/predict` means
 * @throws NotFoundError    the project has no such deployment, or the key is confined to others
 * @throws UnavailableError it is not known here yet, and the database cannot be asked
 */
export async function openDeployment(ctx: Ctx, name?: string): Promise<LiveDeployment> {
  const { env } = getRuntime();
  const live = await trafficRouter().find(ctx.projectId, name);
  const isOpen = live?.deployment.access === "public" && "ASSAY_PUBLIC_PREDICT" in env && env.ASSAY_PUBLIC_PREDICT;
  if (!isOpen) {
    requireScope(ctx, "serving:predict");
  }
  if (live === null) {
    throw new NotFoundError(name === undefined ? "A default deployment of this project" : `Deployment ${name}`);
  }
  requireDeployment(ctx, live.deployment.name);
  requireModel(ctx, live.deployment.modelName);
  return live;
}
