import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Points as the JSON of the MLflow wire, made by Postgres: a page of 25,000 need not be seen by JavaScript. */

/** A place in the order of histories: time, then step, then value, each as Postgres writes it. */
export interface PointMark {
  at: string;
  step: string;
  value: string;
}

const BEFORE_ALL: PointMark = { at: "-9223372036854775808", step: "-9223372036854775808", value: "-Infinity" };

/** JSON writes neither NaN nor an infinity: NaN travels as a word, an infinity as the largest number. */
const WIRE_VALUE = `CASE p.value WHEN 'NaN' THEN '"NaN"' WHEN 'Infinity' THEN '1.7976931348623157e308'
  WHEN '-Infinity' THEN '-1.7976931348623157e308' ELSE p.value::text END`;
const WIRE_POINT = `'{"key":' || to_json($2::text)::text || ',"value":' || ${WIRE_VALUE} || ',"timestamp":' || p.at
  || ',"step":' || p.step`;

export interface PointPage {
  /** The objects with commas between them; empty when there are none. */
  json: string;
  /** The last point of this page, when there are more. */
  last: PointMark | null;
}

/** Points of a series after `after`, at most `limit`. Null when the project has no such run. */
export async function selectPointPage(
  ctx: Ctx,
  input: { runId: string; key: string; after: PointMark | null; limit: number },
): Promise<PointPage | null> {
  const { at, step, value } = input.after ?? BEFORE_ALL;
  const [row] = await querySql<{ found: boolean; json: string | null; last: PointMark | null }>(
    ctx,
    `WITH r AS (SELECT no FROM run WHERE project_id = $1 AND id = $3),
     page AS (
       SELECT p.at, p.step, p.value, row_number() OVER (ORDER BY p.at, p.step, p.value) AS place
       FROM metric_point p
       WHERE p.run_no = (SELECT no FROM r) AND p.key_id = (SELECT id FROM metric_key WHERE project_id = $1 AND name = $2)
         AND (p.at, p.step, p.value) > ($4::text::bigint, $5::text::bigint, $6::text::float8)
       ORDER BY p.at, p.step, p.value LIMIT $7::int + 1)
     SELECT EXISTS (SELECT 1 FROM r) AS found,
       (SELECT string_agg(${WIRE_POINT} || '}', ',' ORDER BY place) FROM page p WHERE place <= $7::int) AS json,
       (SELECT json_build_object('at', at::text, 'step', step::text, 'value', value::text) FROM page
        WHERE place = $7::int AND EXISTS (SELECT 1 FROM page WHERE place > $7::int)) AS last`,
    [ctx.projectId, input.key, input.runId, at, step, value, input.limit],
    { name: "point_page" },
  );
  return row?.found ? { json: row.json ?? "", last: row.last } : null;
}

/** Points of one name of several runs: by run id, then in the order of histories, at most `limit` in all. */
export async function selectPointsOfRuns(
  ctx: Ctx,
  input: { runIds: string[]; key: string; limit: number },
): Promise<string> {
  const [row] = await querySql<{ json: string | null }>(
    ctx,
    `WITH k AS MATERIALIZED (SELECT id FROM metric_key WHERE project_id = $1 AND name = $2),
     page AS (
       SELECT r.id, p.* FROM (
         SELECT id, no FROM run WHERE project_id = $1 AND id = ANY($3::bpchar[]) ORDER BY id) r
       CROSS JOIN LATERAL (
         SELECT at, step, value FROM metric_point WHERE run_no = r.no AND key_id = (SELECT id FROM k)
         ORDER BY at, step, value LIMIT $4::int) p
       ORDER BY r.id, p.at, p.step, p.value LIMIT $4::int)
     SELECT string_agg(${WIRE_POINT} || ',"run_id":"' || p.id || '"}', ',' ORDER BY p.id, p.at, p.step, p.value) AS json
     FROM page p`,
    [ctx.projectId, input.key, input.runIds, input.limit],
  );
  return row?.json ?? "";
}
