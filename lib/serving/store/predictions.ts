import type pg from "pg";
import { unpackPixels } from "#lib/serving/predictions/input-code.ts";
import type { Reach } from "#lib/serving/predictions/reach.ts";
import type { Prediction, PredictionFilter } from "#lib/serving/predictions/schemas.ts";
import type { PredictionStats } from "#lib/serving/schemas.ts";

/** One logged answer. `probabilities` are ten fractions. */
export interface PredictionRow {
  id: string;
  projectId: string;
  requestId: string;
  /** Its place within a batch; 0 for a single one. */
  item: number;
  deployment: string;
  modelName: string;
  modelVersion: number;
  /** By the traffic table, where there is one. */
  armAssigned: string | null;
  armServed: string | null;
  generation: number | null;
  actor: string;
  at: string;
  prediction: number;
  confidence: number;
  probabilities: number[];
  latencyMs: number;
  /** Base64, by policy; see input-code.ts. */
  inputDigest: string | null;
  input: string | null;
}

/** One statement for any number of rows. Repeating it adds nothing. */
export async function insertPredictions(pool: pg.Pool, rows: readonly PredictionRow[]): Promise<void> {
  await pool.query(
    `INSERT INTO prediction (id, project_id, request_id, item, deployment, model_name, model_version, arm_assigned,
                             arm_served, generation, actor, at, prediction, confidence, probabilities, latency_ms,
                             input_digest, input)
     SELECT id, "projectId", "requestId", item, deployment, "modelName", "modelVersion", "armAssigned",
            "armServed", generation, actor, at, prediction, confidence, probabilities, "latencyMs",
            decode("inputDigest", 'base64'), decode(input, 'base64')
     FROM jsonb_to_recordset($1::jsonb) AS row(
       id text, "projectId" text, "requestId" text, item smallint, deployment text, "modelName" text,
       "modelVersion" int, "armAssigned" text, "armServed" text, generation int, actor text, at timestamptz,
       prediction smallint, confidence real, probabilities real[], "latencyMs" real, "inputDigest" text, input text)
     ON CONFLICT (id, at) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Makes the log's partitions of `ahead` days from `now` on, and of days that lie in none. @returns how many were made */
export async function addDays(pool: pg.Pool, now: Date, ahead: number): Promise<number> {
  const { rows } = await pool.query<{ made: number }>(
    `SELECT prediction_add_days(day, day + $2::int) AS made FROM (SELECT ($1::timestamptz AT TIME ZONE 'UTC')::date AS day) t`,
    [now, ahead],
  );
  return rows[0]?.made ?? 0;
}

/** Drops the days (UTC) that lie wholly before the moment. @returns how many were dropped */
export async function dropDays(pool: pg.Pool, before: Date): Promise<number> {
  const { rows } = await pool.query<{ dropped: number }>(
    `SELECT prediction_drop_days(($1::timestamptz AT TIME ZONE 'UTC')::date) AS dropped`,
    [before],
  );
  return rows[0]?.dropped ?? 0;
}

const DAY_MS = 86_400_000;

/** @param of.models only answers of these; all when absent */
export async function readPredictionStats(
  pool: pg.Pool,
  of: { projectId: string; models: readonly string[] | undefined },
  now: Date,
): Promise<PredictionStats> {
  const midnight = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const { rows } = await pool.query<{ prediction: number; n: number; recent: number; confidence: number }>(
    // The bounds are parameters, so that only one or two days are looked at.
    `SELECT prediction,
            count(*) FILTER (WHERE at >= $2::timestamptz)::int AS n,
            count(*) FILTER (WHERE at >= $3::timestamptz)::int AS recent,
            coalesce(sum(confidence) FILTER (WHERE at >= $2::timestamptz), 0)::float8 AS confidence
     FROM prediction
     WHERE project_id = $1 AND at >= least($2::timestamptz, $3::timestamptz)
       AND ($4::text[] IS NULL OR model_name = ANY($4::text[]))
     GROUP BY prediction`,
    [of.projectId, midnight, hourAgo, of.models ?? null],
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

interface ListedRow extends Omit<Prediction, "model" | "at" | "input" | "inputDigest" | "label"> {
  modelName: string;
  modelVersion: number;
  at: Date;
  input: Buffer | null;
  inputDigest: string | null;
  label: number | null;
  labelledBy: string;
  labelledAt: Date;
}

/** Of labelled answers the join begins at the labels, which are fewer; both are in the order of time. */
const JOINS = {
  any: "prediction p LEFT JOIN prediction_label l ON l.prediction_id = p.id",
  labelled: `prediction_label l JOIN prediction p ON p.id = l.prediction_id AND p.at = l.predicted_at
             AND l.project_id = $1 AND l.deployment = $2`,
};

/** Newest first. `after` is the last row of the page before. */
export async function selectPredictions(
  pool: pg.Pool,
  of: Reach & { deployment: string },
  filter: PredictionFilter,
  page: { limit: number; after: { createdAt: string; id: string } | undefined },
): Promise<Prediction[]> {
  const { outcome } = filter;
  const isLabelled = outcome !== undefined && outcome !== "unlabelled";
  const time = isLabelled ? "l.predicted_at" : "p.at";
  const judged = { right: "l.label = p.prediction", wrong: "l.label <> p.prediction", unlabelled: "l.label IS NULL" };
  const condition = outcome === undefined || outcome === "labelled" ? "TRUE" : judged[outcome];
  const { rows } = await pool.query<ListedRow>(
    `SELECT p.id, p.request_id AS "requestId", p.item, p.model_name AS "modelName", p.model_version AS "modelVersion",
            p.arm_assigned AS "armAssigned", p.arm_served AS "armServed", p.generation, p.actor, p.at, p.prediction,
            p.confidence, p.probabilities, p.latency_ms AS "latencyMs", encode(p.input_digest, 'hex') AS "inputDigest",
            p.input, l.label, l.labelled_by AS "labelledBy", l.labelled_at AS "labelledAt"
     FROM ${isLabelled ? JOINS.labelled : JOINS.any}
     WHERE p.project_id = $1 AND p.deployment = $2 AND ($3::text[] IS NULL OR p.model_name = ANY($3::text[]))
       AND ($4::timestamptz IS NULL OR p.at >= $4::timestamptz) AND ($5::timestamptz IS NULL OR p.at < $5::timestamptz)
       AND ($6::text IS NULL OR p.model_name = $6::text) AND ($7::int IS NULL OR p.model_version = $7::int)
       AND ($8::int IS NULL OR p.prediction = $8::int)
       AND ($9::real IS NULL OR p.confidence >= $9::real) AND ($10::real IS NULL OR p.confidence <= $10::real)
       AND ($11::text IS NULL OR p.request_id = $11::text)
       AND ($12::timestamptz IS NULL OR (${time}, p.id) < ($12::timestamptz, $13::text))
       AND ${condition}
     ORDER BY ${time} DESC, p.id DESC
     LIMIT $14`,
    [
      of.projectId,
      of.deployment,
      of.models ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.model ?? null,
      filter.version ?? null,
      filter.prediction ?? null,
      filter.minConfidence ?? null,
      filter.maxConfidence ?? null,
      filter.requestId ?? null,
      page.after?.createdAt ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  );
  return rows.map(({ modelName, modelVersion, at, input, label, labelledBy, labelledAt, ...row }) => ({
    ...row,
    model: { name: modelName, version: modelVersion },
    at: at.toISOString(),
    input: input && Buffer.from(unpackPixels(input)).toString("base64"),
    label: label === null ? null : { label, by: labelledBy, at: labelledAt.toISOString() },
  }));
}
