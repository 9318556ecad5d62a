import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Rows of models and versions as people make, name, describe and delete them. */

/** False: the name is taken. */
export async function insertModel(tx: Tx, model: { id: string; name: string; description: string }): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    tx,
    `INSERT INTO registered_model (id, project_id, name, description, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (project_id, name) DO NOTHING RETURNING id`,
    [model.id, tx.projectId, model.name, model.description, tx.clock.now()],
  );
  return rows.length === 1;
}

export async function isNameTaken(ctx: Ctx, name: string): Promise<boolean> {
  const sql = "SELECT id FROM registered_model WHERE project_id = $1 AND name = $2";
  return (await querySql<{ id: string }>(ctx, sql, [ctx.projectId, name])).length > 0;
}

/** The versions count as changed too, as MLflow has it. */
export async function updateModelName(tx: Tx, modelId: string, name: string): Promise<void> {
  const now = tx.clock.now();
  await querySql(tx, "UPDATE registered_model SET name = $2, updated_at = $3 WHERE id = $1", [modelId, name, now]);
  await querySql(tx, "UPDATE model_version SET updated_at = $2 WHERE model_id = $1 AND deleted_at IS NULL", [
    modelId,
    now,
  ]);
}

/** The rows stay for the record; the name is free again, because nobody can give one with `~`. */
export async function markModelDeleted(tx: Tx, modelId: string): Promise<void> {
  const now = tx.clock.now();
  await querySql(tx, "DELETE FROM model_alias WHERE model_id = $1", [modelId]);
  await querySql(tx, "UPDATE model_version SET deleted_at = $2 WHERE model_id = $1 AND deleted_at IS NULL", [
    modelId,
    now,
  ]);
  await querySql(
    tx,
    "UPDATE registered_model SET name = name || '~' || id, deleted_at = $2, updated_at = $2 WHERE id = $1",
    [modelId, now],
  );
}

/** Its aliases go; its number is not given again. */
export async function markVersionDeleted(tx: Tx, modelId: string, versionId: string): Promise<void> {
  const now = tx.clock.now();
  await querySql(
    tx,
    `DELETE FROM model_alias WHERE model_id = $1
       AND version = (SELECT version FROM model_version WHERE id = $2)`,
    [modelId, versionId],
  );
  await querySql(tx, "UPDATE model_version SET deleted_at = $2 WHERE id = $1", [versionId, now]);
  await touchModel(tx, modelId);
}

export async function updateVersionDescription(tx: Tx, versionId: string, description: string): Promise<void> {
  const sql = "UPDATE model_version SET description = $2, updated_at = $3 WHERE id = $1";
  await querySql(tx, sql, [versionId, description, tx.clock.now()]);
}

async function touchModel(tx: Tx, modelId: string): Promise<void> {
  await querySql(tx, "UPDATE registered_model SET updated_at = $2 WHERE id = $1", [modelId, tx.clock.now()]);
}

/** What of a version's files is served, and its size; the size of all where nothing is. */
export async function setServedFile(
  tx: Tx,
  versionId: string,
  file: { onnxDigest: string | null; sizeBytes: number },
): Promise<void> {
  const sql = "UPDATE model_version SET onnx_digest = $2, size_bytes = $3::bigint WHERE id = $1";
  await querySql(tx, sql, [versionId, file.onnxDigest, String(file.sizeBytes)]);
}
