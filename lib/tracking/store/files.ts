import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { ArtifactEntry } from "#lib/tracking/schemas.ts";

/** Files by path, of whatever has some: their bytes are blobs, their tables are alike. */

/** Whose files: a run's, a logged model's, a trace's or a registered version's. */
export interface FileOwner {
  table: WritableTable | "model_version_file";
  id: string;
}

/** Tables of files that clients write. */
export type WritableTable = "artifact" | "logged_model_file" | "trace_file";

export type NewFile = Omit<ArtifactEntry, "createdAt">;

/** A file of a folder, or a folder in it. */
export interface FolderEntry {
  /** Without the folder's own path. */
  name: string;
  isFolder: boolean;
  /** Null for a folder. */
  sizeBytes: number | null;
}

const OWNER_COLUMN: Record<FileOwner["table"], string> = {
  artifact: "run_id",
  logged_model_file: "model_id",
  trace_file: "trace_key",
  model_version_file: "version_id",
};
const CREATED_AT: Record<FileOwner["table"], string> = {
  artifact: "f.created_at",
  logged_model_file: "f.created_at",
  trace_file: "f.created_at",
  // They came with the version.
  model_version_file: "(SELECT v.created_at FROM model_version v WHERE v.id = f.version_id)",
};

interface FileRow {
  path: string;
  digest: string;
  size_bytes: string;
  media_type: string;
  created_at: Date;
}

const columns = (table: FileOwner["table"]) =>
  `f.path, f.digest, f.size_bytes::text AS size_bytes, f.media_type, ${CREATED_AT[table]} AS created_at`;

function toEntry(row: FileRow): ArtifactEntry {
  return {
    path: row.path,
    digest: row.digest,
    sizeBytes: Number(row.size_bytes),
    mediaType: row.media_type,
    createdAt: row.created_at.toISOString(),
  };
}

/** The same path again takes the new bytes. False when the path is a folder, or goes through a file. */
export async function upsertFile(
  ctx: Ctx,
  { table, id }: FileOwner & { table: WritableTable },
  file: NewFile,
): Promise<boolean> {
  const owner = OWNER_COLUMN[table];
  const segments = file.path.split("/");
  const folders = segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
  const rows = await querySql<{ path: string }>(
    ctx,
    `INSERT INTO ${table} (${owner}, path, digest, size_bytes, media_type, created_at)
     SELECT $1, $2, $3, $4::bigint, $5, $6::timestamptz
     WHERE NOT EXISTS (
       SELECT 1 FROM ${table} WHERE ${owner} = $1 AND (path = ANY($7::text[]) OR starts_with(path, $8)))
     ON CONFLICT (${owner}, path) DO UPDATE
       SET digest = excluded.digest, size_bytes = excluded.size_bytes, media_type = excluded.media_type,
           created_at = excluded.created_at
     RETURNING path`,
    [
      ...[id, file.path, file.digest, String(file.sizeBytes), file.mediaType, ctx.clock.now()],
      ...[folders, `${file.path}/`],
    ],
  );
  return rows.length === 1;
}

export async function selectFiles(ctx: Ctx, { table, id }: FileOwner): Promise<ArtifactEntry[]> {
  const rows = await querySql<FileRow>(
    ctx,
    `SELECT ${columns(table)} FROM ${table} f WHERE f.${OWNER_COLUMN[table]} = $1 ORDER BY f.path`,
    [id],
  );
  return rows.map(toEntry);
}

export async function selectFile(ctx: Ctx, { table, id }: FileOwner, path: string): Promise<ArtifactEntry | null> {
  const [row] = await querySql<FileRow>(
    ctx,
    `SELECT ${columns(table)} FROM ${table} f WHERE f.${OWNER_COLUMN[table]} = $1 AND f.path = $2`,
    [id, path],
  );
  return row === undefined ? null : toEntry(row);
}

/** What lies directly in a folder, by name; the empty path is the root. */
export async function selectFolder(ctx: Ctx, { table, id }: FileOwner, folder: string): Promise<FolderEntry[]> {
  const start = folder === "" ? "" : `${folder}/`;
  const rows = await querySql<{ name: string; is_folder: boolean; size_bytes: string }>(
    ctx,
    `SELECT split_part(rest, '/', 1) AS name, bool_or(position('/' in rest) > 0) AS is_folder,
       max(size_bytes)::text AS size_bytes
     FROM (SELECT substr(path, char_length($2) + 1) AS rest, size_bytes FROM ${table}
           WHERE ${OWNER_COLUMN[table]} = $1 AND starts_with(path, $2)) AS inside
     GROUP BY 1 ORDER BY 1`,
    [id, start],
  );
  return rows.map((row) => ({
    name: row.name,
    isFolder: row.is_folder,
    sizeBytes: row.is_folder ? null : Number(row.size_bytes),
  }));
}

/** Removes a file, or a folder with all in it; the empty path removes all. Returns the paths that went. */
export async function removeFiles(
  ctx: Ctx,
  { table, id }: FileOwner & { table: WritableTable },
  path: string,
): Promise<string[]> {
  const rows = await querySql<{ path: string }>(
    ctx,
    `DELETE FROM ${table} WHERE ${OWNER_COLUMN[table]} = $1 AND ($2 = '' OR path = $2 OR starts_with(path, $2 || '/'))
     RETURNING path`,
    [id, path],
  );
  return rows.map((row) => row.path);
}

/** The experiment of a logged model, and whether it is deleted. */
export async function selectModelOwner(
  ctx: Ctx,
  id: string,
): Promise<{ experimentId: string; isDeleted: boolean } | null> {
  const [row] = await querySql<{ experimentId: string; isDeleted: boolean }>(
    ctx,
    `SELECT experiment_id::text AS "experimentId", deleted_at IS NOT NULL AS "isDeleted"
     FROM logged_model WHERE id = $1 AND project_id = $2`,
    [id, ctx.projectId],
  );
  return row ?? null;
}
