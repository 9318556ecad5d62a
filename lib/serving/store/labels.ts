import type pg from "pg";
import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { Reach } from "#lib/serving/predictions/reach.ts";

/** Which predictions an actor may label. */
export interface LabelRight extends Reach {
  deployments: readonly string[] | undefined;
  /** Only what this actor asked; all when null. */
  askedBy: string | null;
}

/**
 * The newest prediction of each request and item, as its id; undefined where the actor may label none.
 *
 * @returns in the order of `of`
 */
export async function findPredictions(
  pool: pg.Pool,
  right: LabelRight,
  of: readonly { requestId: string; item: number }[],
): Promise<(string | undefined)[]> {
  const { rows } = await pool.query<{ n: number; id: string }>(
    `SELECT DISTINCT ON (r.n) r.n, p.id
     FROM jsonb_to_recordset($1::jsonb) AS r(n int, "requestId" text, item smallint)
     JOIN prediction p ON p.request_id = r."requestId" AND p.item = r.item
     WHERE p.project_id = $2 AND ($3::text[] IS NULL OR p.model_name = ANY($3::text[]))
       AND ($4::text[] IS NULL OR p.deployment = ANY($4::text[])) AND ($5::text IS NULL OR p.actor = $5::text)
     ORDER BY r.n, p.at DESC`,
    [
      JSON.stringify(of.map(({ requestId, item }, n) => ({ n, requestId, item }))),
      right.projectId,
      right.models ?? null,
      right.deployments ?? null,
      right.askedBy,
    ],
  );
  const found = new Map(rows.map(({ n, id }) => [n, id]));
  return of.map((_, n) => found.get(n));
}

/** What became of a label: what it was before (null: there was none), and whether this actor could set it. */
export interface LabelOutcome {
  before: number | null;
  written: boolean;
}

/**
 * Puts labels on predictions, or takes them back (`label` null), each prediction once. A label that another gave is left as
 * it is, unless `anybodys`. Repeating it changes nothing.
 */
export async function writeLabels(
  pool: pg.Pool,
  labels: readonly { id: string; label: number | null }[],
  by: { actor: string; at: Date; anybodys: boolean },
): Promise<Map<string, LabelOutcome>> {
  const { rows } = await pool.query<{ id: string; before: number | null; written: boolean }>(
    `WITH given AS (
       SELECT id, label FROM jsonb_to_recordset($1::jsonb) AS row(id text, label smallint)
     ), before AS (
       SELECT l.prediction_id AS id, l.label
       FROM prediction_label l JOIN given g ON g.id = l.prediction_id
     ), kept AS (
       INSERT INTO prediction_label AS l (prediction_id, project_id, request_id, item, deployment, model_name,
         model_version, arm_assigned, arm_served, generation, predicted_at, prediction, confidence, label, labelled_by,
         labelled_at)
       SELECT p.id, p.project_id, p.request_id, p.item, p.deployment, p.model_name,
         p.model_version, p.arm_assigned, p.arm_served, p.generation, p.at, p.prediction, p.confidence, g.label, $2, $3
       FROM given g JOIN prediction p ON p.id = g.id
       WHERE g.label IS NOT NULL
       ON CONFLICT (prediction_id) DO UPDATE
       SET label = excluded.label,
           labelled_by = CASE WHEN l.label = excluded.label THEN l.labelled_by ELSE excluded.labelled_by END,
           labelled_at = CASE WHEN l.label = excluded.label THEN l.labelled_at ELSE excluded.labelled_at END
       WHERE $4::bool OR l.labelled_by = excluded.labelled_by
       RETURNING prediction_id
     ), taken AS (
       DELETE FROM prediction_label l USING given g
       WHERE g.id = l.prediction_id AND g.label IS NULL AND ($4::bool OR l.labelled_by = $2)
       RETURNING prediction_id
     )
     SELECT g.id, b.label AS before, w.prediction_id IS NOT NULL AS written
     FROM given g
     LEFT JOIN before b ON b.id = g.id
     LEFT JOIN (SELECT * FROM kept UNION ALL SELECT * FROM taken) w ON w.prediction_id = g.id`,
    [JSON.stringify(labels), by.actor, by.at, by.anybodys],
  );
  return new Map(rows.map(({ id, ...outcome }) => [id, outcome]));
}

/** Labelled answers of a version with one label, answer and bin of confidence. */
export interface LabelCount {
  modelName: string;
  modelVersion: number;
  label: number;
  prediction: number;
  /** 0 to bins − 1; a bin's upper bound belongs to it. */
  bin: number;
  count: number;
  /** Sum of the confidences. */
  confidence: number;
  anonymous: number;
}

export async function countLabels(
  pool: pg.Pool,
  of: Reach & { deployment: string },
  filter: {
    model?: string | undefined;
    version?: number | undefined;
    from?: string | undefined;
    to?: string | undefined;
    withAnonymous: boolean;
    bins: number;
  },
): Promise<LabelCount[]> {
  const { rows } = await pool.query<LabelCount>(
    `SELECT model_name AS "modelName", model_version AS "modelVersion", label, prediction,
            least($9::int, greatest(1, ceil(confidence::float8 * $9::int)))::int - 1 AS bin, count(*)::int AS count,
            sum(confidence)::float8 AS confidence, (count(*) FILTER (WHERE labelled_by = 'anonymous'))::int AS anonymous
     FROM prediction_label
     WHERE project_id = $1 AND deployment = $2 AND ($3::text[] IS NULL OR model_name = ANY($3::text[]))
       AND ($4::text IS NULL OR model_name = $4::text) AND ($5::int IS NULL OR model_version = $5::int)
       AND ($6::timestamptz IS NULL OR predicted_at >= $6::timestamptz)
       AND ($7::timestamptz IS NULL OR predicted_at < $7::timestamptz)
       AND ($8::bool OR labelled_by <> 'anonymous')
     GROUP BY 1, 2, 3, 4, 5
     ORDER BY 1, 2 DESC`,
    [
      of.projectId,
      of.deployment,
      of.models ?? null,
      filter.model ?? null,
      filter.version ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.withAnonymous,
      filter.bins,
    ],
  );
  return rows;
}

/** Deletes up to `limit` labels of answers from before the moment. @returns how many */
export async function deleteLabels(ctx: Ctx, before: Date, limit: number): Promise<number> {
  const rows = await querySql<{ n: number }>(
    ctx,
    `WITH old AS (
       DELETE FROM prediction_label WHERE prediction_id IN (
         SELECT prediction_id FROM prediction_label WHERE predicted_at < $1::timestamptz LIMIT $2)
       RETURNING 1)
     SELECT count(*)::int AS n FROM old`,
    [before, limit],
  );
  return rows[0]?.n ?? 0;
}
