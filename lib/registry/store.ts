import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { Lineage, ModelSummary, ModelVersion, StageTransition } from "#lib/registry/schemas.ts";
import { CHAMPION, type Stage } from "#lib/registry/status.ts";

interface ModelRow {
  id: string;
  name: string;
  description: string;
  risk: ModelSummary["risk"];
  created_at: Date;
  updated_at: Date;
  version_count: number;
  latest_version: number | null;
  production_version: number | null;
  production_accuracy: string | null;
  aliases: Record<string, number> | null;
}

const MODEL_COLUMNS = `m.id, m.name, m.description, m.risk, m.created_at, m.updated_at,
  (SELECT count(*)::int FROM model_version v WHERE v.model_id = m.id) AS version_count,
  (SELECT max(version)::int FROM model_version v WHERE v.model_id = m.id) AS latest_version,
  p.version AS production_version, p.metrics ->> 'test_accuracy' AS production_accuracy,
  (SELECT jsonb_object_agg(a.alias, a.version) FROM model_alias a WHERE a.model_id = m.id) AS aliases`;
const MODEL_FROM = "registered_model m LEFT JOIN model_version p ON p.model_id = m.id AND p.stage = 'Production'";

function toModel(row: ModelRow): ModelSummary & { id: string } {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    risk: row.risk,
    versionCount: row.version_count,
    latestVersion: row.latest_version,
    productionVersion: row.production_version,
    productionAccuracy: row.production_accuracy === null ? null : Number(row.production_accuracy),
    aliases: row.aliases ?? {},
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export async function selectModels(ctx: Ctx): Promise<(ModelSummary & { id: string })[]> {
  const sql = `SELECT ${MODEL_COLUMNS} FROM ${MODEL_FROM} WHERE m.project_id = $1 ORDER BY m.name`;
  return (await querySql<ModelRow>(ctx, sql, [ctx.projectId])).map(toModel);
}

export async function selectModel(ctx: Ctx, name: string): Promise<(ModelSummary & { id: string }) | null> {
  const sql = `SELECT ${MODEL_COLUMNS} FROM ${MODEL_FROM} WHERE m.project_id = $1 AND m.name = $2`;
  const [row] = await querySql<ModelRow>(ctx, sql, [ctx.projectId, name]);
  return row === undefined ? null : toModel(row);
}

/** Locks the model's row, made first where missing: all changes of a model's versions happen one after another. */
export async function lockModel(tx: Tx, name: string, options: { make?: string } = {}): Promise<string | null> {
  if (options.make !== undefined) {
    await querySql(
      tx,
      `INSERT INTO registered_model (id, project_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
       ON CONFLICT (project_id, name) DO NOTHING`,
      [options.make, tx.projectId, name, tx.clock.now()],
    );
  }
  const [row] = await querySql<{ id: string }>(
    tx,
    "SELECT id FROM registered_model WHERE project_id = $1 AND name = $2 FOR UPDATE",
    [tx.projectId, name],
  );
  return row?.id ?? null;
}

interface VersionRow {
  id: string;
  model_name: string;
  version: number;
  stage: Stage;
  run_id: string | null;
  onnx_digest: string;
  size_bytes: string;
  metrics: Record<string, number>;
  lineage: Lineage;
  aliases: string[] | null;
  created_by: string;
  created_at: Date;
}

const VERSIONS = `SELECT v.id, m.name AS model_name, v.version, v.stage, v.run_id, v.onnx_digest,
    v.size_bytes::text AS size_bytes, v.metrics, v.lineage, v.created_by, v.created_at,
    (SELECT array_agg(a.alias ORDER BY a.alias) FROM model_alias a
     WHERE a.model_id = m.id AND a.version = v.version) AS aliases
  FROM model_version v JOIN registered_model m ON m.id = v.model_id
  WHERE m.project_id = $1 AND m.name = $2`;

function toVersion(row: VersionRow): ModelVersion {
  return {
    id: row.id,
    modelName: row.model_name,
    version: row.version,
    stage: row.stage,
    runId: row.run_id,
    onnxDigest: row.onnx_digest,
    sizeBytes: Number(row.size_bytes),
    metrics: row.metrics,
    lineage: row.lineage,
    aliases: row.aliases ?? [],
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

/** Newest first. */
export async function selectVersions(ctx: Ctx, name: string): Promise<ModelVersion[]> {
  const rows = await querySql<VersionRow>(ctx, `${VERSIONS} ORDER BY v.version DESC`, [ctx.projectId, name]);
  return rows.map(toVersion);
}

export async function selectVersion(
  ctx: Ctx,
  name: string,
  by: { version: number } | { runId: string } | { stage: Stage },
): Promise<ModelVersion | null> {
  const [condition, value] =
    "version" in by
      ? ["v.version = $3::int", by.version]
      : "runId" in by
        ? ["v.run_id = $3", by.runId]
        : ["v.stage = $3", by.stage];
  const sql = `${VERSIONS} AND ${condition} ORDER BY v.version DESC LIMIT 1`;
  const [row] = await querySql<VersionRow>(ctx, sql, [ctx.projectId, name, value]);
  return row === undefined ? null : toVersion(row);
}

/** Adds the next version of a model that the caller holds locked. */
export async function insertVersion(
  tx: Tx,
  modelId: string,
  version: { id: string; runId: string; onnxDigest: string; sizeBytes: number; createdBy: string } & {
    metrics: Record<string, number>;
    lineage: Lineage;
  },
): Promise<number> {
  const now = tx.clock.now();
  const [row] = await querySql<{ last_version: number }>(
    tx,
    "UPDATE registered_model SET last_version = last_version + 1, updated_at = $2 WHERE id = $1 RETURNING last_version",
    [modelId, now],
  );
  const number = row?.last_version ?? 1;
  await querySql(
    tx,
    `INSERT INTO model_version (id, project_id, model_id, version, run_id, onnx_digest, size_bytes, metrics, lineage,
       created_by, created_at)
     VALUES ($1, $2, $3, $4::int, $5, $6, $7::bigint, $8::jsonb, $9::jsonb, $10, $11)`,
    [
      version.id,
      tx.projectId,
      modelId,
      number,
      version.runId,
      version.onnxDigest,
      String(version.sizeBytes),
      JSON.stringify(version.metrics),
      JSON.stringify(version.lineage),
      version.createdBy,
      now,
    ],
  );
  return number;
}

/** Writes the stage, its transition, and the alias `champion` when Production is entered or left. */
export async function writeStage(
  tx: Tx,
  modelId: string,
  change: {
    versionId: string;
    version: number;
    from: Stage;
    to: Stage;
    actor: string;
    reason: string;
    approvalId: string | null;
  },
): Promise<void> {
  const now = tx.clock.now();
  await querySql(tx, "UPDATE model_version SET stage = $2 WHERE id = $1", [change.versionId, change.to]);
  await querySql(
    tx,
    `INSERT INTO stage_transition (version_id, from_stage, to_stage, actor, reason, at, approval_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [change.versionId, change.from, change.to, change.actor, change.reason, now, change.approvalId],
  );
  if (change.to === "Production") {
    await querySql(
      tx,
      `INSERT INTO model_alias (model_id, alias, version) VALUES ($1, $2, $3::int)
       ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version`,
      [modelId, CHAMPION, change.version],
    );
  } else if (change.from === "Production") {
    await querySql(tx, "DELETE FROM model_alias WHERE model_id = $1 AND alias = $2", [modelId, CHAMPION]);
  }
  await querySql(tx, "UPDATE registered_model SET updated_at = $2 WHERE id = $1", [modelId, now]);
}

/** Newest first; of one version when given. */
export async function selectTransitions(ctx: Ctx, name: string, version?: number): Promise<StageTransition[]> {
  const rows = await querySql<Omit<StageTransition, "at"> & { at: Date }>(
    ctx,
    `SELECT v.version, t.from_stage AS "from", t.to_stage AS "to", t.actor, t.reason,
       t.approval_id AS "approvalId", t.at
     FROM stage_transition t JOIN model_version v ON v.id = t.version_id JOIN registered_model m ON m.id = v.model_id
     WHERE m.project_id = $1 AND m.name = $2 AND ($3::int IS NULL OR v.version = $3::int)
     ORDER BY t.id DESC`,
    [ctx.projectId, name, version ?? null],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
