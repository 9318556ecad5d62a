import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import { isClient } from "#lib/tracking/is-client.ts";
import { RUN_NAME_TAG } from "#lib/tracking/store/runs.ts";
import { pointColumns, type StoredPoint, WRITE_POINTS } from "#lib/tracking/store/write-points.ts";

/** A value measured on a logged model; the dataset's texts are empty for none. */
export interface StoredModelPoint {
  modelId: string;
  key: string;
  datasetName: string;
  datasetDigest: string;
  step: number;
  at: number;
  value: number;
}

export interface StoredBatch {
  runId: string;
  params: [string, string][];
  points: Omit<StoredPoint, "runId">[];
  tags: [string, string][];
  modelPoints: StoredModelPoint[];
}

/** Nothing was written unless `found`, and both lists are empty. */
export interface BatchResult {
  /** The project has the run, it is not deleted, and for a client: no worker does it. */
  found: boolean;
  /** Params that are there with another value. */
  clashes: { key: string; old: string; new: string }[];
  /** Logged models that the project does not have. */
  unknownModels: string[];
}

// A param that another writer sets to another value at the same time is not among the clashes: setting it to NULL breaks
// the statement off as a whole, by the column's NOT NULL.
const WRITE = `WITH found AS (
       SELECT id, no FROM run WHERE project_id = $1 AND id = $2 AND lifecycle_stage = 'active'
         AND NOT (managed AND $18::boolean)),
     given_params AS (SELECT * FROM unnest($3::text[], $4::text[]) AS g(key, value)),
     clashes AS (
       SELECT p.key, p.value AS old, g.value AS new FROM found
       JOIN run_param p ON p.run_id = found.id JOIN given_params g ON g.key = p.key AND g.value <> p.value),
     unknown AS (
       SELECT DISTINCT m.id FROM unnest($5::text[]) AS m(id) WHERE NOT EXISTS (
         SELECT 1 FROM logged_model l WHERE l.id = m.id AND l.project_id = $1 AND l.deleted_at IS NULL)),
     r AS (SELECT * FROM found WHERE NOT EXISTS (SELECT 1 FROM clashes) AND NOT EXISTS (SELECT 1 FROM unknown)),
     params AS (
       INSERT INTO run_param AS p (run_id, key, value) SELECT r.id, g.key, g.value FROM r, given_params g ORDER BY g.key
       ON CONFLICT (run_id, key) DO UPDATE SET value = NULL WHERE p.value <> excluded.value),
     given AS (
       SELECT r.no AS run_no, g.* FROM r,
         unnest($6::int[], $7::text[]::bigint[], $8::text[]::bigint[], $9::text[]::float8[]) AS g(key_id, step, at, value)),
     ${WRITE_POINTS},
     given_tags AS (SELECT r.id, g.key, g.value FROM r, unnest($10::text[], $11::text[]) AS g(key, value)),
     tags AS (
       INSERT INTO run_tag (run_id, key, value) SELECT id, key, value FROM given_tags ORDER BY key
       ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value),
     named AS (
       UPDATE run SET name = g.value FROM given_tags g WHERE run.id = g.id AND g.key = '${RUN_NAME_TAG}'),
     of_models AS (
       INSERT INTO logged_model_metric (model_id, run_id, key, dataset_name, dataset_digest, step, at, value)
       SELECT g.model_id, r.id, g.key, g.dataset_name, g.dataset_digest, g.step, g.at, g.value
       FROM r, unnest($5::text[], $12::text[], $13::text[], $14::text[], $15::text[]::bigint[], $16::text[]::bigint[],
         $17::text[]::float8[]) AS g(model_id, key, dataset_name, dataset_digest, step, at, value)
       ORDER BY g.model_id, g.key, g.at, g.step, g.dataset_name, g.dataset_digest ON CONFLICT DO NOTHING)
     SELECT EXISTS (SELECT 1 FROM found) AS found,
       (SELECT coalesce(json_agg(c ORDER BY c.key), '[]') FROM clashes c) AS clashes,
       (SELECT coalesce(json_agg(u.id ORDER BY u.id), '[]') FROM unknown u) AS "unknownModels"`;

/** Writes params, points, tags and values of models of one run in one statement: all or nothing. */
export async function writeBatch(ctx: Ctx, batch: StoredBatch): Promise<BatchResult> {
  const { params, points, tags, modelPoints } = batch;
  const values = [
    ...[ctx.projectId, batch.runId, params.map(([key]) => key), params.map(([, value]) => value)],
    modelPoints.map(({ modelId }) => modelId),
    ...pointColumns(points),
    ...[tags.map(([key]) => key), tags.map(([, value]) => value)],
    modelPoints.map(({ key }) => key),
    modelPoints.map(({ datasetName }) => datasetName),
    modelPoints.map(({ datasetDigest }) => datasetDigest),
    ...pointColumns(modelPoints.map((point) => ({ ...point, keyId: 0 }))).slice(1),
    isClient(ctx),
  ];
  const write = () => querySql<BatchResult>(ctx, WRITE, values, { name: "write_batch" });
  const [result] = await write().catch((error: unknown) => {
    // Of two writers of one param the later one finds the clash when it looks again.
    if (isNotNullViolation(error)) return write();
    throw error;
  });
  return result ?? { found: false, clashes: [], unknownModels: [] };
}

/** Postgres's code of the error, as the pool tells it. */
function isNotNullViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23502";
}
