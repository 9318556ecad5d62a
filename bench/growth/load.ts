import type pg from "pg";
import { METRICS, PARAMS } from "./sizes.ts";

/** What a load fills: the project's experiment, and a run that was made through the server and that the others copy. */
export interface Plan {
  experimentId: string;
  templateRun: string;
  runs: number;
  /** Of each of a run's metrics. */
  steps: number;
}

/** Runs that go on side by side: their points come mixed, as from as many clients. */
const TOGETHER = 100;

const RUNS = `INSERT INTO run (id, project_id, experiment_id, name, status, created_by, managed, created_at, started_at, ended_at)
  SELECT md5('growth ' || i), t.project_id, t.experiment_id, 'run-' || i, 'FINISHED', t.created_by, false, s.at, s.at,
    s.at + interval '8 minutes'
  FROM generate_series($1::int, $2::int) i, run t,
    LATERAL (SELECT timestamptz '2024-01-01 00:00Z' + i * interval '10 seconds' AS at) s
  WHERE t.id = $3 ORDER BY i`;

const MADE = `SELECT i, r.no, r.id, r.name, (extract(epoch FROM r.started_at) * 1000)::bigint AS at
  FROM generate_series($1::int, $2::int) i JOIN run r ON r.id = md5('growth ' || i)`;

const PARAM_ROWS = `INSERT INTO run_param (run_id, key, value)
  SELECT m.id, 'param_' || p, 'value ' || m.i % (p + 2)
  FROM (${MADE}) m, generate_series(0, ${PARAMS - 1}) p ORDER BY m.i, p`;

// What the genuine client sets on each run, and one of the team's own.
const TAG_ROWS = `INSERT INTO run_tag (run_id, key, value)
  SELECT m.id, t.key, t.value FROM (${MADE}) m,
    LATERAL (VALUES ('mlflow.runName', m.name), ('mlflow.user', 'team'), ('mlflow.source.name', 'train.py'),
      ('mlflow.source.type', 'LOCAL'), ('group', 'group ' || m.i % 20)) AS t(key, value) ORDER BY m.i, t.key`;

// A curve that falls to a value of its own.
const POINT_ROWS = `INSERT INTO metric_point (run_no, key_id, at, step, value)
  SELECT m.no, k.id, m.at + s * 9000, s, e.last + (1.0 - s::float8 / $4::int) * 0.5
  FROM (${MADE}) m, generate_series(1, $4::int) s, metric_key k, run t,
    LATERAL (SELECT ((m.i * 7919::bigint + substr(k.name, 8)::int * 104729) % 10007) / 10007.0::float8 AS last) e
  WHERE t.id = $3 AND k.project_id = t.project_id AND k.name LIKE 'metric\\_%' ORDER BY s, m.i, k.id`;

const LATEST_ROWS = `INSERT INTO latest_metric (run_no, key_id, step, at, value, min, max)
  SELECT p.run_no, p.key_id, p.step, p.at, p.value, x.low, x.high
  FROM (${MADE}) m, LATERAL (
    SELECT key_id, max(step) AS step, min(value) AS low, max(value) AS high FROM metric_point WHERE run_no = m.no GROUP BY key_id) x
  JOIN metric_point p ON p.key_id = x.key_id AND p.step = x.step WHERE p.run_no = m.no ORDER BY m.i, p.key_id`;

/**
 * Runs with their params, tags, points and newest values, as the server stores them, a hundred runs a transaction. Goes on
 * where an earlier load broke off.
 */
export async function load(client: pg.Client, plan: Plan, say: (text: string) => void): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM run WHERE experiment_id = $1 AND id <> $2",
    [plan.experimentId, plan.templateRun],
  );
  await client.query("SET work_mem = '128MB'");
  // A load that is cut short begins again at its last chunk.
  await client.query("SET synchronous_commit = off");
  const began = performance.now();
  const first = rows[0]?.count ?? 0;
  for (let from = first; from < plan.runs; from += TOGETHER) {
    const to = Math.min(from + TOGETHER, plan.runs) - 1;
    await client.query("BEGIN");
    await client.query(RUNS, [from, to, plan.templateRun]);
    await client.query(PARAM_ROWS, [from, to]);
    await client.query(TAG_ROWS, [from, to]);
    await client.query(POINT_ROWS, [from, to, plan.templateRun, plan.steps]);
    await client.query(LATEST_ROWS, [from, to]);
    await client.query("COMMIT");
    const done = to + 1;
    if (done % (TOGETHER * 20) === 0 || done === plan.runs) {
      const seconds = (performance.now() - began) / 1_000;
      const rate = Math.round(((done - first) * METRICS * plan.steps) / seconds);
      say(`${done.toLocaleString("en")} runs, ${rate.toLocaleString("en")} points/s`);
    }
  }
  say("vacuuming, as autovacuum would in time");
  await client.query("VACUUM (ANALYZE)");
}

/** Bytes of a table and of each of its indexes, and its rows as counted. */
export async function bytesOf(client: pg.Client, table: string): Promise<{ rows: number; parts: Map<string, number> }> {
  const { rows: counted } = await client.query<{ rows: number }>(`SELECT count(*)::float8 AS rows FROM ${table}`);
  const { rows } = await client.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, pg_table_size(oid)::float8 AS bytes FROM pg_class WHERE oid = $1::regclass
     UNION ALL SELECT indexrelid::regclass::text, pg_relation_size(indexrelid)::float8 FROM pg_index WHERE indrelid = $1::regclass`,
    [table],
  );
  return { rows: counted[0]?.rows ?? 0, parts: new Map(rows.map(({ name, bytes }) => [name, bytes])) };
}
