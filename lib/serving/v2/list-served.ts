import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { type RouteRow, selectRoutes } from "#lib/serving/store/routes.ts";
import { resolveTable, type Targets } from "#lib/serving/traffic/resolve-table.ts";
import { PRODUCTION_ONLY } from "#lib/serving/traffic/schemas.ts";
import type { ModelStatistics, RepositoryIndex } from "#lib/serving/v2/schemas.ts";
import { whyUnavailable } from "#lib/serving/v2/served.ts";
import { inferenceStatistics } from "#lib/serving/v2/statistics.ts";

/** Every deployment with its champion. A key's own confinement hides the others. */
export async function listRepository(ctx: Ctx): Promise<RepositoryIndex> {
  return (await listServed(ctx)).map(({ row, targets }) => {
    const reason = whyUnavailable(row, targets);
    return {
      ...{ name: row.deployment.name, version: String(targets.champion?.version ?? "") },
      ...{ state: reason === null ? ("READY" as const) : ("UNAVAILABLE" as const), reason: reason ?? "" },
    };
  });
}

/** What this process has counted of every version that answers. */
export async function listStatistics(ctx: Ctx): Promise<ModelStatistics> {
  const statistics = inferenceStatistics(getRuntime());
  const { projectId } = ctx;
  return {
    model_stats: (await listServed(ctx)).flatMap(({ row, targets }) =>
      [targets.champion, ...targets.challengers.map(({ target }) => target)].flatMap((known) =>
        known === null ? [] : [statistics.read({ projectId, deployment: row.deployment.name, version: known.version })],
      ),
    ),
  };
}

async function listServed(ctx: Ctx): Promise<{ row: RouteRow; targets: Targets }[]> {
  requireScope(ctx, "serving:predict");
  const { actor } = ctx;
  const deployments = actor.type === "apiKey" && actor.deployments?.length ? actor.deployments : undefined;
  const models = confinedToModels(ctx);
  const rows = await selectRoutes(ctx.pool);
  return rows
    .filter(
      ({ deployment: { projectId, name, modelName } }) =>
        projectId === ctx.projectId && deployments?.includes(name) !== false && models?.includes(modelName) !== false,
    )
    .sort((a, b) => (a.deployment.name < b.deployment.name ? -1 : 1))
    .map((row) => ({ row, targets: resolveTable({ ...row, traffic: row.entries ?? PRODUCTION_ONLY }) }));
}
