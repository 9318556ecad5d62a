import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

export type ModelStatus = "PENDING" | "READY" | "FAILED";

/** A value that a run measured on a model. `at` is Unix milliseconds. */
export interface ModelMetric {
  key: string;
  value: number;
  step: number;
  at: number;
  runId: string;
  /** Empty for none, as is the digest. */
  datasetName: string;
  datasetDigest: string;
}

/** A model that a client logged. */
export interface LoggedModel {
  /** `m-` and 32 hex digits. */
  id: string;
  experimentId: string;
  /** The run that made it. */
  runId: string | null;
  name: string;
  modelType: string | null;
  status: ModelStatus;
  statusMessage: string | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  params: Record<string, string>;
  tags: Record<string, string>;
  metrics: ModelMetric[];
}

type Row = Omit<LoggedModel, "params" | "tags" | "metrics"> & Record<"params" | "tags" | "metrics", string>;

const entries = (table: "logged_model_param" | "logged_model_tag") =>
  `(SELECT coalesce(json_object_agg(t.key, t.value ORDER BY t.key), '{}')::text FROM ${table} t WHERE t.model_id = m.id)`;

/** A model with all that hangs on it but files, deleted ones only when asked for. JSON has no NaN: values come as text. */
export async function selectLoggedModel(
  ctx: Ctx,
  id: string,
  options: { deletedToo?: boolean } = {},
): Promise<LoggedModel | null> {
  const [row] = await querySql<Row>(
    ctx,
    `SELECT m.id, m.experiment_id::text AS "experimentId", m.run_id AS "runId", m.name, m.model_type AS "modelType",
       m.status, m.status_message AS "statusMessage", m.created_by AS "createdBy", m.created_at AS "createdAt",
       m.updated_at AS "updatedAt", ${entries("logged_model_param")} AS params, ${entries("logged_model_tag")} AS tags,
       (SELECT coalesce(json_agg(json_build_object('key', x.key, 'value', x.value::text, 'step', x.step, 'at', x.at,
            'runId', x.run_id, 'datasetName', x.dataset_name, 'datasetDigest', x.dataset_digest)
            ORDER BY x.key, x.at, x.step), '[]')::text
        FROM logged_model_metric x WHERE x.model_id = m.id) AS metrics
     FROM logged_model m WHERE m.id = $1 AND m.project_id = $2 AND ($3::boolean OR m.deleted_at IS NULL)`,
    [id, ctx.projectId, options.deletedToo === true],
  );
  if (row === undefined) return null;
  const metrics: (Omit<ModelMetric, "value"> & { value: string })[] = JSON.parse(row.metrics);
  return {
    ...row,
    params: JSON.parse(row.params),
    tags: JSON.parse(row.tags),
    metrics: metrics.map((metric) => ({ ...metric, value: Number(metric.value) })),
  };
}

/** Locks the row until the transaction ends; null: the project has no such model. */
export async function lockLoggedModel(tx: Tx, id: string): Promise<{ name: string; isDeleted: boolean } | null> {
  const [row] = await querySql<{ name: string; isDeleted: boolean }>(
    tx,
    `SELECT name, deleted_at IS NOT NULL AS "isDeleted" FROM logged_model WHERE id = $1 AND project_id = $2 FOR UPDATE`,
    [id, tx.projectId],
  );
  return row ?? null;
}

export async function insertLoggedModel(
  tx: Tx,
  model: Pick<LoggedModel, "id" | "experimentId" | "runId" | "name" | "modelType" | "createdBy">,
): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO logged_model (id, project_id, experiment_id, run_id, name, model_type, created_by, created_at, updated_at)
     VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, $8, $8)`,
    [
      ...[model.id, tx.projectId, model.experimentId, model.runId, model.name, model.modelType, model.createdBy],
      tx.clock.now(),
    ],
  );
}

export async function updateModelStatus(tx: Tx, id: string, status: ModelStatus): Promise<void> {
  const sql = "UPDATE logged_model SET status = $2, updated_at = $3 WHERE id = $1";
  await querySql(tx, sql, [id, status, tx.clock.now()]);
}

export async function markLoggedModelDeleted(tx: Tx, id: string): Promise<void> {
  const sql = "UPDATE logged_model SET deleted_at = $2, updated_at = $2 WHERE id = $1";
  await querySql(tx, sql, [id, tx.clock.now()]);
}

/** Inserts what is new; returns the keys that were there with another value. The caller holds the model's row locked. */
export async function insertModelParams(tx: Tx, id: string, params: [string, string][]): Promise<string[]> {
  const rows = await querySql<{ key: string }>(
    tx,
    `WITH given AS (SELECT * FROM unnest($2::text[], $3::text[]) AS g(key, value)),
     added AS (
       INSERT INTO logged_model_param (model_id, key, value) SELECT $1, key, value FROM given
       ON CONFLICT (model_id, key) DO NOTHING)
     SELECT g.key FROM given g JOIN logged_model_param p ON p.model_id = $1 AND p.key = g.key WHERE p.value <> g.value`,
    [id, params.map(([key]) => key), params.map(([, value]) => value)],
  );
  return rows.map((row) => row.key);
}

export async function upsertModelTags(tx: Tx, id: string, tags: [string, string][]): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO logged_model_tag (model_id, key, value) SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS g(key, value)
     ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value`,
    [id, tags.map(([key]) => key), tags.map(([, value]) => value)],
  );
}

/** False when there was none. */
export async function removeModelTag(tx: Tx, id: string, key: string): Promise<boolean> {
  const sql = "DELETE FROM logged_model_tag WHERE model_id = $1 AND key = $2 RETURNING key";
  return (await querySql<{ key: string }>(tx, sql, [id, key])).length === 1;
}

/** The run that made a logged model; null: none is on record. */
export async function selectModelMaker(ctx: Ctx, id: string): Promise<string | null> {
  const sql = "SELECT run_id FROM logged_model WHERE id = $1 AND project_id = $2";
  const [row] = await querySql<{ run_id: string | null }>(ctx, sql, [id, ctx.projectId]);
  return row?.run_id ?? null;
}
