import type { Dataset, DatasetVersion, DatasetVersionDetail } from "#lib/datasets/schemas.ts";
import type { DatasetSource } from "#lib/datasets/sources.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Blob digests of the four parts. */
export interface DatasetBlobs {
  trainImages: string;
  trainLabels: string;
  testImages: string;
  testLabels: string;
}

interface VersionRow {
  id: string;
  name: string;
  source: DatasetSource;
  version: number;
  digest: string;
  synthetic: boolean;
  train_count: number;
  test_count: number;
  class_counts: { train: number[]; test: number[] };
  created_at: Date;
}

const VERSION = `SELECT v.id, d.name, d.source, v.version, v.digest, v.synthetic, v.train_count, v.test_count,
    v.class_counts, v.created_at
  FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id WHERE v.project_id = $1`;

function toVersion(row: VersionRow): DatasetVersion {
  return {
    id: row.id,
    datasetName: row.name,
    version: row.version,
    source: row.source,
    digest: row.digest,
    synthetic: row.synthetic,
    trainCount: row.train_count,
    testCount: row.test_count,
    classCounts: row.class_counts,
    createdAt: row.created_at.toISOString(),
  };
}

/** By name, each with its versions, newest first. */
export async function selectDatasets(ctx: Ctx): Promise<Dataset[]> {
  const rows = await querySql<{ name: string; source: DatasetSource; created_at: Date }>(
    ctx,
    "SELECT name, source, created_at FROM dataset WHERE project_id = $1 ORDER BY name",
    [ctx.projectId],
  );
  const versions = await querySql<VersionRow>(ctx, `${VERSION} ORDER BY v.version DESC`, [ctx.projectId]);
  return rows.map((row) => ({
    name: row.name,
    source: row.source,
    createdAt: row.created_at.toISOString(),
    versions: versions.filter((version) => version.name === row.name).map(toVersion),
  }));
}

export async function selectVersionDetail(
  ctx: Ctx,
  name: string,
  version: number,
): Promise<DatasetVersionDetail | null> {
  const [row] = await querySql<VersionRow & { samples: DatasetVersionDetail["samples"] }>(
    ctx,
    `${VERSION.replace("v.created_at", "v.created_at, v.samples")} AND d.name = $2 AND v.version = $3::int`,
    [ctx.projectId, name, version],
  );
  return row === undefined ? null : { ...toVersion(row), samples: row.samples };
}

/** The newest version of a source. */
export async function selectNewest(ctx: Ctx, source: DatasetSource): Promise<DatasetVersion | null> {
  const [row] = await querySql<VersionRow>(ctx, `${VERSION} AND d.source = $2 ORDER BY v.version DESC LIMIT 1`, [
    ctx.projectId,
    source,
  ]);
  return row === undefined ? null : toVersion(row);
}

export async function selectVersionById(ctx: Ctx, id: string): Promise<DatasetVersion | null> {
  const [row] = await querySql<VersionRow>(ctx, `${VERSION} AND v.id = $2`, [ctx.projectId, id]);
  return row === undefined ? null : toVersion(row);
}

/** The first with this content: two datasets of a project may hold the same bytes. */
export async function selectVersionByDigest(ctx: Ctx, digest: string): Promise<DatasetVersion | null> {
  const sql = `${VERSION} AND v.digest = $2 ORDER BY v.created_at, v.id LIMIT 1`;
  const [row] = await querySql<VersionRow>(ctx, sql, [ctx.projectId, digest]);
  return row === undefined ? null : toVersion(row);
}

export async function selectBlobs(
  ctx: Ctx,
  versionId: string,
): Promise<{ digest: string; files: DatasetBlobs } | null> {
  const [row] = await querySql<{ digest: string; files: DatasetBlobs }>(
    ctx,
    "SELECT digest, files FROM dataset_version WHERE id = $1 AND project_id = $2",
    [versionId, ctx.projectId],
  );
  return row ?? null;
}

/** Adds a version, or finds the one with the same content; the dataset's row is made and locked first. */
export async function insertVersion(
  tx: Tx,
  dataset: { id: string; name: string; source: DatasetSource },
  version: {
    id: string;
    digest: string;
    synthetic: boolean;
    trainCount: number;
    testCount: number;
    classCounts: DatasetVersion["classCounts"];
    samples: DatasetVersionDetail["samples"];
    files: DatasetBlobs;
  },
): Promise<{ isNew: boolean }> {
  const now = tx.clock.now();
  await querySql(
    tx,
    `INSERT INTO dataset (id, project_id, name, source, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (project_id, name) DO NOTHING`,
    [dataset.id, tx.projectId, dataset.name, dataset.source, now],
  );
  const [parent] = await querySql<{ id: string }>(
    tx,
    "SELECT id FROM dataset WHERE project_id = $1 AND name = $2 FOR UPDATE",
    [tx.projectId, dataset.name],
  );
  const rows = await querySql<{ id: string }>(
    tx,
    `INSERT INTO dataset_version (id, project_id, dataset_id, version, digest, synthetic, train_count, test_count,
       class_counts, samples, files, created_at)
     SELECT $1, $2, $3, coalesce((SELECT max(version) FROM dataset_version WHERE dataset_id = $3), 0) + 1, $4, $5::boolean,
       $6::int, $7::int, $8::jsonb, $9::jsonb, $10::jsonb, $11
     ON CONFLICT (dataset_id, digest) DO NOTHING RETURNING id`,
    [
      version.id,
      tx.projectId,
      parent?.id,
      version.digest,
      version.synthetic,
      version.trainCount,
      version.testCount,
      JSON.stringify(version.classCounts),
      JSON.stringify(version.samples),
      JSON.stringify(version.files),
      now,
    ],
  );
  return { isNew: rows.length === 1 };
}
