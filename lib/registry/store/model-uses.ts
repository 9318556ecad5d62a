import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Something that means a model by its name, and what it is called. */
export interface ModelUse {
  kind: "policy" | "deployment" | "key" | "request";
  name: string;
}

/** States of a request that is not over. */
const OPEN_STATES = "('pending', 'changes_requested', 'approved', 'executing')";

/**
 * What names a model: a policy of its own, a deployment, a key that is confined to it, an open request. Policies of `*` name
 * none. Reads tables of other rooms: a name must not be moved away under them, or into their reach.
 */
export async function selectModelUses(ctx: Ctx, name: string): Promise<ModelUse[]> {
  return querySql<ModelUse>(
    ctx,
    `SELECT 'policy' AS kind, target AS name FROM protected_target WHERE project_id = $1 AND model_name = $2
     UNION ALL SELECT 'deployment', name FROM deployment WHERE project_id = $1 AND model_name = $2
     UNION ALL SELECT 'key', name FROM api_key
       WHERE project_id = $1 AND $2 = ANY (models) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
     UNION ALL SELECT 'request', id FROM approval_request
       WHERE project_id = $1 AND model_name = $2 AND state IN ${OPEN_STATES}
     ORDER BY 1, 2`,
    [ctx.projectId, name, ctx.clock.now()],
  );
}

/** Open requests about a model, or about one of its versions. */
export async function selectOpenRequests(ctx: Ctx, name: string, version: number | null): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `SELECT id FROM approval_request WHERE project_id = $1 AND model_name = $2
       AND ($3::int IS NULL OR model_version = $3::int) AND state IN ${OPEN_STATES} ORDER BY id`,
    [ctx.projectId, name, version],
  );
  return rows.map(({ id }) => id);
}

/** Names of the deployments whose traffic table names a version by its number. */
export async function selectDeploymentsNaming(ctx: Ctx, name: string, version: number): Promise<string[]> {
  const sql = `SELECT d.name FROM deployment d
    JOIN traffic_table t ON t.deployment_id = d.id AND t.generation = d.generation
    WHERE d.project_id = $1 AND d.model_name = $2 AND $3::int = ANY (t.versions) ORDER BY d.name`;
  return (await querySql<{ name: string }>(ctx, sql, [ctx.projectId, name, version])).map((row) => row.name);
}

/** Names of the deployments that answer with a model. */
export async function selectDeploymentsOf(ctx: Ctx, name: string): Promise<string[]> {
  const sql = "SELECT name FROM deployment WHERE project_id = $1 AND model_name = $2 ORDER BY name";
  return (await querySql<{ name: string }>(ctx, sql, [ctx.projectId, name])).map((row) => row.name);
}
