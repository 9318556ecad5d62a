import { confinedToModels } from "#lib/auth/confinement.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { LineageEdge, LineageNode } from "#lib/record/schemas.ts";

export type Link = LineageEdge;

/**
 * Every pair that belongs together, as ids of nodes; each kind is found by an index from either end. `$1` is the project,
 * `$2` the models that a confined key may know of (null: all), `$3` the ids asked for.
 */
const LINKS = `
  SELECT 'dataset_version:' || j.dataset_version_id AS "from", 'run:' || j.run_id AS "to", 'trained' AS kind
  FROM training_job j WHERE j.project_id = $1 AND j.dataset_version_id IS NOT NULL
    AND (j.dataset_version_id = ANY ($3::text[]) OR j.run_id = ANY ($3::bpchar[]))
  UNION ALL
  SELECT 'run:' || j.run_id, 'strategy_run:' || j.strategy_run_id, 'member_of'
  FROM training_job j WHERE j.project_id = $1 AND j.strategy_run_id IS NOT NULL
    AND (j.strategy_run_id = ANY ($3::text[]) OR j.run_id = ANY ($3::bpchar[]))
  UNION ALL
  SELECT 'run:' || v.run_id, 'version:' || m.name || '/' || v.version, 'became'
  FROM model_version v JOIN registered_model m ON m.id = v.model_id
  WHERE v.project_id = $1 AND v.run_id IS NOT NULL AND ($2::text[] IS NULL OR m.name = ANY ($2::text[]))
    AND (v.run_id = ANY ($3::bpchar[]) OR m.name || '/' || v.version = ANY ($3::text[]))
  UNION ALL
  SELECT 'version:' || m.name || '/' || v.version, 'deployment:' || d.name, 'serves'
  FROM deployment d JOIN registered_model m ON m.project_id = d.project_id AND m.name = d.model_name
  LEFT JOIN traffic_table t ON t.deployment_id = d.id AND t.generation = d.generation
  JOIN model_version v ON v.model_id = m.id AND (v.version = ANY (t.versions)
    OR v.stage = 'Production' AND coalesce(t.entries ->> 'champion', 'Production') = 'Production')
  WHERE d.project_id = $1 AND ($2::text[] IS NULL OR m.name = ANY ($2::text[]))
    AND (d.name = ANY ($3::text[]) OR m.name || '/' || v.version = ANY ($3::text[]))
  UNION ALL
  SELECT DISTINCT 'approval:' || t.approval_id, 'version:' || m.name || '/' || v.version, 'approved'
  FROM stage_transition t JOIN model_version v ON v.id = t.version_id JOIN registered_model m ON m.id = v.model_id
  WHERE v.project_id = $1 AND t.approval_id IS NOT NULL AND t.to_stage <> 'Archived' AND ($2::text[] IS NULL OR m.name = ANY ($2::text[]))
    AND (t.approval_id = ANY ($3::text[]) OR m.name || '/' || v.version = ANY ($3::text[]))
  UNION ALL
  SELECT 'version:' || g.value, 'run:' || r.id, 'reproduced'
  FROM run_tag g JOIN run r ON r.id = g.run_id
  WHERE r.project_id = $1 AND g.key = 'reproduces'
    AND ($2::text[] IS NULL OR split_part(g.value, '/', 1) = ANY ($2::text[]))
    AND (g.value = ANY ($3::text[]) OR r.id = ANY ($3::bpchar[]))`;

/** The pairs that one of the nodes is in, at most `limit`. */
export async function selectLinks(ctx: Ctx, nodes: readonly string[], limit: number): Promise<Link[]> {
  const sql = `SELECT * FROM (${LINKS}) AS link WHERE "from" = ANY ($4::text[]) OR "to" = ANY ($4::text[])
    ORDER BY kind, "from", "to" LIMIT $5::int`;
  return querySql<Link>(ctx, sql, [ctx.projectId, confinedToModels(ctx) ?? null, nodes.map(bare), nodes, limit]);
}

/** What there is of these nodes, with a label and a few facts. */
export async function selectNodes(ctx: Ctx, nodes: readonly string[]): Promise<Omit<LineageNode, "distance">[]> {
  const rows = await querySql<Omit<LineageNode, "distance">>(
    ctx,
    `SELECT 'dataset_version:' || v.id AS id, 'dataset_version' AS kind, d.name || ' v' || v.version AS label,
       '/datasets/' || d.name || '?v=' || v.version AS href,
       jsonb_build_object('digest', left(v.digest, 12), 'images', (v.train_count + v.test_count)::text,
         'synthetic', v.synthetic::text) AS facts
     FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id WHERE v.project_id = $1 AND v.id = ANY ($3::text[])
     UNION ALL
     SELECT 'run:' || id, 'run', name, '/runs/' || id,
       jsonb_build_object('status', lower(status), 'lifecycle', lifecycle_stage)
     FROM run WHERE project_id = $1 AND id = ANY ($3::bpchar[])
     UNION ALL
     SELECT 'strategy_run:' || id, 'strategy_run', strategy, NULL, jsonb_build_object('status', lower(status))
     FROM strategy_run WHERE project_id = $1 AND id = ANY ($3::text[])
     UNION ALL
     SELECT 'version:' || m.name || '/' || v.version, 'version', m.name || ' ' || v.version,
       '/models/' || m.name || '/versions/' || v.version,
       jsonb_strip_nulls(jsonb_build_object('stage', v.stage, 'test accuracy', v.metrics ->> 'test_accuracy'))
     FROM model_version v JOIN registered_model m ON m.id = v.model_id
     WHERE v.project_id = $1 AND m.name || '/' || v.version = ANY ($3::text[])
       AND ($2::text[] IS NULL OR m.name = ANY ($2::text[]))
     UNION ALL
     SELECT 'deployment:' || name, 'deployment', name, '/deployments/' || name, jsonb_build_object('access', access)
     FROM deployment WHERE project_id = $1 AND name = ANY ($3::text[])
       AND ($2::text[] IS NULL OR model_name = ANY ($2::text[]))
     UNION ALL
     SELECT DISTINCT 'approval:' || t.approval_id, 'approval', 'approval', '/approvals/' || t.approval_id, '{}'::jsonb
     FROM stage_transition t JOIN model_version v ON v.id = t.version_id
     WHERE v.project_id = $1 AND t.approval_id = ANY ($3::text[])`,
    [ctx.projectId, confinedToModels(ctx) ?? null, nodes.map(bare)],
  );
  // An id without its kind may name things of two kinds.
  const asked = new Set(nodes);
  return rows.filter((row) => asked.has(row.id));
}

/** The id without its kind. */
function bare(node: string): string {
  return node.slice(node.indexOf(":") + 1);
}
