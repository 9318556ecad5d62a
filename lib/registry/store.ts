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
  tags: Record<string, string> | null;
}

const MODEL_COLUMNS = `m.id, m.name, m.description, m.risk, m.created_at, m.updated_at,
  (SELECT count(*)::int FROM model_version v WHERE v.model_id = m.id AND v.deleted_at IS NULL) AS version_count,
  (SELECT max(version)::int FROM model_version v WHERE v.model_id = m.id AND v.deleted_at IS NULL) AS latest_version,
  p.version AS production_version, p.metrics ->> 'test_accuracy' AS production_accuracy,
  (SELECT jsonb_object_agg(a.alias, a.version) FROM model_alias a WHERE a.model_id = m.id) AS aliases,
  (SELECT jsonb_object_agg(t.key, t.value ORDER BY t.key) FROM model_tag t WHERE t.model_id = m.id) AS tags`;
const MODELS = `SELECT ${MODEL_COLUMNS} FROM registered_model m
  LEFT JOIN model_version p ON p.model_id = m.id AND p.stage = 'Production' AND p.deleted_at IS NULL
  WHERE m.project_id = $1 AND m.deleted_at IS NULL`;

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
    tags: row.tags ?? {},
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export async function selectModels(ctx: Ctx): Promise<(ModelSummary & { id: string })[]> {
  return (await querySql<ModelRow>(ctx, `${MODELS} ORDER BY m.name`, [ctx.projectId])).map(toModel);
}

export async function selectModel(ctx: Ctx, name: string): Promise<(ModelSummary & { id: string }) | null> {
  const [row] = await querySql<ModelRow>(ctx, `${MODELS} AND m.name = $2`, [ctx.projectId, name]);
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
    "SELECT id FROM registered_model WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL FOR UPDATE",
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
  onnx_digest: string | null;
  size_bytes: string;
  description: string;
  source: string;
  logged_model_id: string | null;
  tags: Record<string, string> | null;
  metrics: Record<string, number>;
  lineage: Lineage;
  aliases: string[] | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

const VERSIONS = `SELECT v.id, m.name AS model_name, v.version, v.stage, v.run_id, v.onnx_digest,
    v.size_bytes::text AS size_bytes, v.description, v.source, v.logged_model_id, v.metrics, v.lineage, v.created_by,
    v.created_at, v.updated_at,
    (SELECT jsonb_object_agg(t.key, t.value ORDER BY t.key) FROM model_version_tag t WHERE t.version_id = v.id) AS tags,
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
    description: row.description,
    source: row.source,
    loggedModelId: row.logged_model_id,
    tags: row.tags ?? {},
    metrics: row.metrics,
    lineage: row.lineage,
    aliases: row.aliases ?? [],
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const NOT_DELETED = "AND v.deleted_at IS NULL AND m.deleted_at IS NULL";

/** Newest first. */
export async function selectVersions(ctx: Ctx, name: string): Promise<ModelVersion[]> {
  const rows = await querySql<VersionRow>(ctx, `${VERSIONS} ${NOT_DELETED} ORDER BY v.version DESC`, [
    ctx.projectId,
    name,
  ]);
  return rows.map(toVersion);
}

/** The greatest number of each stage, lowest first. */
export async function selectLatestVersions(ctx: Ctx, name: string): Promise<ModelVersion[]> {
  const sql = `SELECT * FROM (
      SELECT DISTINCT ON (found.stage) found.* FROM (${VERSIONS} ${NOT_DELETED}) AS found
      ORDER BY found.stage, found.version DESC) AS latest
    ORDER BY version`;
  return (await querySql<VersionRow>(ctx, sql, [ctx.projectId, name])).map(toVersion);
}

export async function selectVersion(
  ctx: Ctx,
  name: string,
  by: { version: number } | { runId: string } | { stage: Stage },
  options: { deletedToo?: boolean } = {},
): Promise<ModelVersion | null> {
  const [condition, value] =
    "version" in by
      ? ["v.version = $3::int", by.version]
      : "runId" in by
        ? ["v.run_id = $3", by.runId]
        : ["v.stage = $3", by.stage];
  const among = options.deletedToo === true ? "" : NOT_DELETED;
  const sql = `${VERSIONS} ${among} AND ${condition} ORDER BY v.version DESC LIMIT 1`;
  const [row] = await querySql<VersionRow>(ctx, sql, [ctx.projectId, name, value]);
  return row === undefined ? null : toVersion(row);
}

export interface NewVersion {
  id: string;
  runId: string | null;
  loggedModelId: string | null;
  /** A label: where its maker says it is from. */
  source: string;
  description: string;
  onnxDigest: string | null;
  sizeBytes: number;
  createdBy: string;
  metrics: Record<string, number>;
  lineage: Lineage;
}

/** Adds the next version of a model that the caller holds locked. */
export async function insertVersion(tx: Tx, modelId: string, version: NewVersion): Promise<number> {
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
       created_by, created_at, updated_at, logged_model_id, source, description)
     VALUES ($1, $2, $3, $4::int, $5, $6, $7::bigint, $8::jsonb, $9::jsonb, $10, $11, $11, $12, $13, $14)`,
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
      version.loggedModelId,
      version.source,
      version.description,
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
  await querySql(tx, "UPDATE model_version SET stage = $2, updated_at = $3 WHERE id = $1", [
    change.versionId,
    change.to,
    now,
  ]);
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

/** Whether a version of a model of this name was ever in Production; deleted ones count. */
export async function selectHadProduction(ctx: Ctx, name: string): Promise<boolean> {
  const rows = await querySql<{ found: number }>(
    ctx,
    `SELECT 1 AS found FROM stage_transition t JOIN model_version v ON v.id = t.version_id
     JOIN registered_model m ON m.id = v.model_id
     WHERE m.project_id = $1 AND (m.name = $2 OR starts_with(m.name, $2 || '~')) AND t.to_stage = 'Production' LIMIT 1`,
    [ctx.projectId, name],
  );
  return rows.length === 1;
}
