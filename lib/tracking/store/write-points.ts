import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import { isClient } from "#lib/tracking/is-client.ts";

/** A point by the ids of its run and name. */
export interface StoredPoint {
  runId: string;
  keyId: number;
  step: number;
  at: number;
  value: number;
}

/**
 * The common table expressions that write points and bring `latest_metric` up, after one named `given` with the columns
 * run_no, key_id, step, at, value. A point that is there already changes nothing. Rows are locked in the order of their
 * keys, so that no two writers wait for each other.
 */
export const WRITE_POINTS = `added AS (
       INSERT INTO metric_point (run_no, key_id, at, step, value)
       SELECT run_no, key_id, at, step, value FROM given ORDER BY run_no, key_id, at, step, value
       ON CONFLICT DO NOTHING RETURNING run_no, key_id, at, step, value),
     newest AS (
       SELECT DISTINCT ON (run_no, key_id) run_no, key_id, step, at, value FROM added
       ORDER BY run_no, key_id, step DESC, at DESC, value DESC),
     -- NaN is above Infinity in Postgres, so this keeps the finite ones.
     extremes AS (
       SELECT run_no, key_id, min(value) AS low, max(value) AS high FROM added
       WHERE value > '-Infinity' AND value < 'Infinity' GROUP BY run_no, key_id),
     latest AS (
       INSERT INTO latest_metric AS l (run_no, key_id, step, at, value, min, max)
       SELECT n.run_no, n.key_id, n.step, n.at, n.value, x.low, x.high
       FROM newest n LEFT JOIN extremes x USING (run_no, key_id) ORDER BY n.run_no, n.key_id
       ON CONFLICT (run_no, key_id) DO UPDATE SET
         (step, at, value) = (SELECT (CASE WHEN newer THEN excluded.step ELSE l.step END),
           (CASE WHEN newer THEN excluded.at ELSE l.at END), (CASE WHEN newer THEN excluded.value ELSE l.value END)
           FROM (SELECT (excluded.step, excluded.at, excluded.value) > (l.step, l.at, l.value) AS newer) AS n),
         min = least(l.min, excluded.min), max = greatest(l.max, excluded.max))`;

const WRITE = `WITH r AS (
       SELECT r.id, r.no, n.place FROM unnest($2::bpchar[]) WITH ORDINALITY AS n(id, place)
       JOIN run r ON r.id = n.id AND r.project_id = $1 AND r.lifecycle_stage = 'active'
         AND NOT (r.managed AND $8::boolean)),
     given AS (
       SELECT r.no AS run_no, g.key_id, g.step, g.at, g.value
       FROM unnest($3::int[], $4::int[], $5::text[]::bigint[], $6::text[]::bigint[], $7::text[]::float8[])
         AS g(place, key_id, step, at, value) JOIN r ON r.place = g.place),
     ${WRITE_POINTS}
     SELECT id FROM r`;

/**
 * Writes points of any number of runs in one statement. Returns the ids of the runs that took theirs: those of the
 * project that are not deleted; for a client, those that no worker does.
 */
export async function writePoints(ctx: Ctx, points: readonly StoredPoint[]): Promise<Set<string>> {
  const places = new Map<string, number>();
  for (const { runId } of points) {
    if (!places.has(runId)) places.set(runId, places.size + 1);
  }
  const rows = await querySql<{ id: string }>(
    ctx,
    WRITE,
    [
      ctx.projectId,
      [...places.keys()],
      points.map(({ runId }) => places.get(runId)),
      ...pointColumns(points),
      isClient(ctx),
    ],
    { name: "write_points" },
  );
  return new Set(rows.map((row) => row.id));
}

/** The arrays of key ids, steps, times and values. */
export function pointColumns(points: readonly Omit<StoredPoint, "runId">[]): [number[], string[], string[], string[]] {
  return [
    points.map(({ keyId }) => keyId),
    points.map(({ step }) => String(step)),
    points.map(({ at }) => String(at)),
    points.map(({ value }) => String(value)),
  ];
}
