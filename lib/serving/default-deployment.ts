import { requireDeployment, requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { type Deployment, findDefaultDeployment } from "#lib/serving/store.ts";

const CACHE_MS = 1_000;

/**
 * The deployment that `/predict` means, if the caller may use it: anybody where it is public (unless
 * ASSAY_PUBLIC_PREDICT closes it), otherwise the scope `serving:predict`.
 *
 * @throws NotFoundError the project has no default deployment, or the key is confined to others
 */
export async function openDefaultDeployment(ctx: Ctx): Promise<Deployment> {
  const runtime = getRuntime();
  const cache = runtime.singleton(
    "serving.deployments",
    () => new Map<string, { until: number; value: Deployment | null }>(),
  );
  let entry = cache.get(ctx.projectId);
  if (entry === undefined || entry.until < Date.now()) {
    entry = { until: Date.now() + CACHE_MS, value: await findDefaultDeployment(ctx.db, ctx.projectId) };
    cache.set(ctx.projectId, entry);
  }
  const deployment = entry.value;
  const isOpen =
    deployment?.access === "public" && "ASSAY_PUBLIC_PREDICT" in runtime.env && runtime.env.ASSAY_PUBLIC_PREDICT;
  if (!isOpen) {
    requireScope(ctx, "serving:predict");
  }
  if (deployment === null) {
    throw new NotFoundError("A default deployment of this project");
  }
  requireDeployment(ctx, deployment.name);
  requireModel(ctx, deployment.modelName);
  return deployment;
}
