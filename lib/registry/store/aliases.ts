import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** The version that an alias names, or null. */
export async function selectAlias(ctx: Ctx, modelName: string, alias: string): Promise<number | null> {
  const [row] = await querySql<{ version: number }>(
    ctx,
    `SELECT a.version FROM model_alias a JOIN registered_model m ON m.id = a.model_id
     WHERE m.project_id = $1 AND m.name = $2 AND a.alias = $3`,
    [ctx.projectId, modelName, alias],
  );
  return row?.version ?? null;
}

export async function upsertAlias(tx: Tx, modelId: string, alias: string, version: number): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO model_alias (model_id, alias, version) VALUES ($1, $2, $3::int)
     ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version`,
    [modelId, alias, version],
  );
  await touch(tx, modelId);
}

export async function removeAlias(tx: Tx, modelId: string, alias: string): Promise<void> {
  await querySql(tx, "DELETE FROM model_alias WHERE model_id = $1 AND alias = $2", [modelId, alias]);
  await touch(tx, modelId);
}

/** What people say of a model; a field that is not given stays. */
export async function updateModelFacts(
  tx: Tx,
  modelId: string,
  facts: { description?: string | undefined; risk?: string | undefined },
): Promise<void> {
  await querySql(
    tx,
    `UPDATE registered_model SET description = coalesce($2, description), risk = coalesce($3, risk), updated_at = $4
     WHERE id = $1`,
    [modelId, facts.description ?? null, facts.risk ?? null, tx.clock.now()],
  );
}

async function touch(tx: Tx, modelId: string): Promise<void> {
  await querySql(tx, "UPDATE registered_model SET updated_at = $2 WHERE id = $1", [modelId, tx.clock.now()]);
}
