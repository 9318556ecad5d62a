import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** A version whose stage, moves, alias, approval and predictions are to agree. */
export interface VersionFacts {
  projectId: string;
  modelName: string;
  version: number;
  stage: string;
  /** The stage that its last move led to; `None` without one. */
  movedTo: string;
  movedAt: Date | null;
  movedBy: string | null;
  approvalId: string | null;
  /** State of the approval request that the move names. */
  approvalState: string | null;
  /** Since when its stage is protected; null: it is not. */
  protectedSince: Date | null;
  /** The audit log has the move. */
  onRecord: boolean;
  isChampion: boolean;
}

/**
 * The versions that are in Production, or whose last move says so, of one project or of all. Reads tables of other rooms: to
 * compare what they hold with each other is what the record is for.
 */
export async function selectProductionFacts(ctx: Ctx, projectId: string | null): Promise<VersionFacts[]> {
  return querySql<VersionFacts>(
    ctx,
    `SELECT m.project_id AS "projectId", m.name AS "modelName", v.version, v.stage,
       coalesce(t.to_stage, 'None') AS "movedTo", t.at AS "movedAt", t.actor AS "movedBy", t.approval_id AS "approvalId",
       r.state AS "approvalState",
       (SELECT min(p.created_at) FROM protected_target g
          JOIN approval_policy p ON p.project_id = g.project_id AND p.model_name = g.model_name AND p.target = g.target
         WHERE g.project_id = m.project_id AND g.model_name IN (m.name, '*') AND g.target = 'stage:Production'
           AND p.created_at > coalesce((SELECT max(o.created_at) FROM approval_policy o WHERE o.removed
             AND o.project_id = p.project_id AND o.model_name = p.model_name AND o.target = p.target), '-infinity')
       ) AS "protectedSince",
       EXISTS (SELECT 1 FROM audit_event e WHERE e.chain = 'project:' || m.project_id
         AND e.subject = 'version:' || m.name || '/' || v.version AND e.action IN ('version.promote', 'version.stage')
         AND e.at BETWEEN t.at - interval '1 min' AND t.at + interval '1 min') AS "onRecord",
       EXISTS (SELECT 1 FROM model_alias a WHERE a.model_id = m.id AND a.alias = 'champion' AND a.version = v.version)
         AS "isChampion"
     FROM model_version v JOIN registered_model m ON m.id = v.model_id
     LEFT JOIN LATERAL (SELECT * FROM stage_transition WHERE version_id = v.id ORDER BY id DESC LIMIT 1) t ON true
     LEFT JOIN approval_request r ON r.id = t.approval_id
     WHERE ($1::text IS NULL OR m.project_id = $1::text) AND (v.stage = 'Production' OR coalesce(t.to_stage, 'None') <> v.stage)
     ORDER BY m.project_id, m.name, v.version`,
    [projectId],
  );
}

/**
 * Versions that a default deployment answered with lately, although another (or none) was in Production all the while, and no
 * traffic table had named them before: who writes a table is on record.
 */
export async function selectServedOthers(
  ctx: Ctx,
  projectId: string | null,
): Promise<{ projectId: string; modelName: string; version: number; deployment: string }[]> {
  return querySql(
    ctx,
    `SELECT DISTINCT d.project_id AS "projectId", d.model_name AS "modelName", p.model_version AS version, d.name AS deployment
     FROM deployment d
     JOIN registered_model m ON m.project_id = d.project_id AND m.name = d.model_name
     JOIN prediction p ON p.project_id = d.project_id AND p.deployment = d.name AND p.model_name = d.model_name
     WHERE d.is_default AND ($1::text IS NULL OR d.project_id = $1::text)
       AND p.at > greatest($2::timestamptz - interval '1 hour', (
         SELECT max(t.at) + interval '1 min' FROM stage_transition t JOIN model_version v ON v.id = t.version_id
         WHERE v.model_id = m.id))
       AND NOT EXISTS (SELECT 1 FROM model_version v WHERE v.model_id = m.id AND v.version = p.model_version
         AND v.stage = 'Production')
       AND NOT EXISTS (SELECT 1 FROM traffic_table t WHERE t.deployment_id = d.id AND p.model_version = ANY (t.versions)
         AND t.created_at <= p.at)`,
    [projectId, ctx.clock.now()],
  );
}

/** Models that have an alias `champion` but nothing in Production, which is protected: by hand nobody can set it then. */
export async function selectLooseChampions(
  ctx: Ctx,
  projectId: string | null,
): Promise<{ projectId: string; modelName: string; version: number }[]> {
  return querySql(
    ctx,
    `SELECT m.project_id AS "projectId", m.name AS "modelName", a.version FROM model_alias a
     JOIN registered_model m ON m.id = a.model_id
     WHERE a.alias = 'champion' AND ($1::text IS NULL OR m.project_id = $1::text) AND NOT EXISTS (
       SELECT 1 FROM model_version v WHERE v.model_id = m.id AND v.stage = 'Production') AND EXISTS (
       SELECT 1 FROM protected_target g WHERE g.project_id = m.project_id AND g.model_name IN (m.name, '*')
         AND g.target = 'stage:Production')`,
    [projectId],
  );
}

export async function countModels(ctx: Ctx, projectId: string | null): Promise<number> {
  const [row] = await querySql<{ n: number }>(
    ctx,
    "SELECT count(*)::int AS n FROM registered_model WHERE deleted_at IS NULL AND ($1::text IS NULL OR project_id = $1::text)",
    [projectId],
  );
  return row?.n ?? 0;
}

const KEY = "record.reconciliation";

/** Remembers what was found; false: it is what was found before. */
export async function keepFindings(tx: Tx, findings: readonly string[]): Promise<boolean> {
  const rows = await querySql<{ key: string }>(
    tx,
    `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2::jsonb, $3)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
       WHERE setting.value IS DISTINCT FROM excluded.value
     RETURNING key`,
    [KEY, JSON.stringify(findings), tx.clock.now()],
  );
  return rows.length === 1;
}
