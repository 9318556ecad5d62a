import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Deletes points of some series after a step or after the moment of a mark, and rebuilds their newest values. */
export async function deletePoints(
  tx: Tx,
  runNo: string,
  input: { keys: string[] } & ({ afterStep: number } | { afterLast: { key: string; step: number } }),
): Promise<void> {
  const keyIds = `SELECT id FROM metric_key WHERE project_id = $2 AND name = ANY($3::text[])`;
  const [condition, params] =
    "afterStep" in input
      ? ["p.step > $4::text::bigint", [String(input.afterStep)]]
      : [
          `p.at > coalesce((SELECT max(m.at) FROM metric_point m JOIN metric_key k ON k.id = m.key_id
             WHERE m.run_no = $1::bigint AND k.project_id = $2 AND k.name = $4 AND m.step <= $5::text::bigint), -1)`,
          [input.afterLast.key, String(input.afterLast.step)],
        ];
  await querySql(
    tx,
    `DELETE FROM metric_point p WHERE p.run_no = $1::bigint AND p.key_id IN (${keyIds}) AND ${condition}`,
    [runNo, tx.projectId, input.keys, ...params],
  );
  await querySql(tx, `DELETE FROM latest_metric WHERE run_no = $1::bigint AND key_id IN (${keyIds})`, [
    runNo,
    tx.projectId,
    input.keys,
  ]);
  await querySql(
    tx,
    `INSERT INTO latest_metric (run_no, key_id, step, at, value, min, max)
     SELECT DISTINCT ON (p.key_id) p.run_no, p.key_id, p.step, p.at, p.value, x.low, x.high
     FROM metric_point p LEFT JOIN (
       SELECT key_id, min(value) AS low, max(value) AS high FROM metric_point
       WHERE run_no = $1::bigint AND value > '-Infinity' AND value < 'Infinity' GROUP BY key_id) x USING (key_id)
     WHERE p.run_no = $1::bigint AND p.key_id IN (${keyIds})
     ORDER BY p.key_id, p.step DESC, p.at DESC, p.value DESC`,
    [runNo, tx.projectId, input.keys],
  );
}
