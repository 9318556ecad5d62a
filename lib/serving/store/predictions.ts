import type pg from "pg";
import type { PredictionStats } from "#lib/serving/schemas.ts";

/** One logged answer. `probabilities` are ten fractions. */
export interface PredictionRow {
  id: string;
  projectId: string;
  requestId: string;
  deployment: string;
  modelName: string;
  modelVersion: number;
  actor: string;
  at: string;
  prediction: number;
  confidence: number;
  probabilities: number[];
  latencyMs: number;
}

/** One statement for any number of rows. Repeating it adds nothing. */
export async function insertPredictions(pool: pg.Pool, rows: readonly PredictionRow[]): Promise<void> {
  await pool.query(
    `INSERT INTO prediction (id, project_id, request_id, deployment, model_name, model_version, actor, at, prediction,
                             confidence, probabilities, latency_ms)
     SELECT id, "projectId", "requestId", deployment, "modelName", "modelVersion", actor, at, prediction,
            confidence, probabilities, "latencyMs"
     FROM jsonb_to_recordset($1::jsonb) AS row(
       id text, "projectId" text, "requestId" text, deployment text, "modelName" text, "modelVersion" int, actor text,
       at timestamptz, prediction smallint, confidence real, probabilities real[], "latencyMs" real)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** @param of.models only answers of these; all when absent */
export async function readPredictionStats(
  pool: pg.Pool,
  of: { projectId: string; models: readonly string[] | undefined },
  now: Date,
): Promise<PredictionStats> {
  const { rows } = await pool.query<{ prediction: number; n: number; recent: number; confidence: number }>(
    `WITH bounds AS (
       SELECT date_trunc('day', $2::timestamptz, 'UTC') AS midnight, $2::timestamptz - interval '1 hour' AS hour_ago)
     SELECT prediction,
            count(*) FILTER (WHERE at >= midnight)::int AS n,
            count(*) FILTER (WHERE at >= hour_ago)::int AS recent,
            coalesce(sum(confidence) FILTER (WHERE at >= midnight), 0)::float8 AS confidence
     FROM prediction, bounds
     WHERE project_id = $1 AND at >= least(midnight, hour_ago)
       AND ($3::text[] IS NULL OR model_name = ANY($3::text[]))
     GROUP BY prediction`,
    [of.projectId, now, of.models ?? null],
  );
  const byClass = Array.from({ length: 10 }, (_, digit) => rows.find((row) => row.prediction === digit)?.n ?? 0);
  const today = byClass.reduce((sum, n) => sum + n, 0);
  return {
    today,
    lastHour: rows.reduce((sum, row) => sum + row.recent, 0),
    meanConfidence: today === 0 ? null : rows.reduce((sum, row) => sum + row.confidence, 0) / today,
    byClass,
  };
}
