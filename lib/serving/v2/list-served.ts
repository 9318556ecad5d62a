import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import type { ModelStatistics, RepositoryIndex } from "#lib/serving/v2/schemas.ts";
import { whyUnavailable } from "#lib/serving/v2/served.ts";
import { inferenceStatistics } from "#lib/serving/v2/statistics.ts";
import { type ServedRow, selectServed } from "#lib/serving/v2/store.ts";

/** Every deployment with the version that it serves. A key's own confinement hides the others. */
export async function listRepository(ctx: Ctx): Promise<RepositoryIndex> {
  return (await listServed(ctx)).map((row) => {
    const reason = whyUnavailable(row);
    return {
      ...{ name: row.deployment.name, version: row.version === null ? "" : String(row.version.version) },
      ...{ state: reason === null ? ("READY" as const) : ("UNAVAILABLE" as const), reason: reason ?? "" },
    };
  });
}

/** What this process has counted of every version that is served. */
export async function listStatistics(ctx: Ctx): Promise<ModelStatistics> {
  const statistics = inferenceStatistics(getRuntime());
  const { projectId } = ctx;
  const rows = await listServed(ctx);
  return {
    model_stats: rows.flatMap(({ deployment, version }) =>
      version === null ? [] : [statistics.read({ projectId, deployment: deployment.name, version: version.version })],
    ),
  };
}

async function listServed(ctx: Ctx): Promise<ServedRow[]> {
  requireScope(ctx, "serving:predict");
  const { actor } = ctx;
  const deployments = actor.type === "apiKey" && actor.deployments?.length ? actor.deployments : undefined;
  const models = confinedToModels(ctx);
  const rows = await selectServed(ctx.pool, ctx.projectId);
  return rows.filter(
    ({ deployment: { name, modelName } }) =>
      deployments?.includes(name) !== false && models?.includes(modelName) !== false,
  );
}
