import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { FileOwner } from "#lib/tracking/store/files.ts";

/** A file of a version, by its path from the version's root. */
export interface VersionFile {
  path: string;
  digest: string;
  sizeBytes: number;
}

const OWNER_COLUMN: Record<FileOwner["table"], string> = {
  artifact: "run_id",
  logged_model_file: "model_id",
  trace_file: "trace_key",
  model_version_file: "version_id",
};

/**
 * Gives a version the files below a folder as they are now, without the folder's own path; the empty folder is all. A folder
 * that is a file is that file by its name. Nothing that happens to the source later changes them.
 */
export async function copyFiles(tx: Tx, from: FileOwner, folder: string, versionId: string): Promise<VersionFile[]> {
  const rows = await querySql<{ path: string; digest: string; size_bytes: string }>(
    tx,
    `INSERT INTO model_version_file (version_id, path, digest, size_bytes, media_type)
     SELECT $1, CASE WHEN path = $3 THEN regexp_replace(path, '^.*/', '') ELSE substr(path, char_length($4) + 1) END,
       digest, size_bytes, media_type
     FROM ${from.table} WHERE ${OWNER_COLUMN[from.table]} = $2 AND ($3 = '' OR path = $3 OR starts_with(path, $4))
     RETURNING path, digest, size_bytes::text AS size_bytes`,
    [versionId, from.id, folder, folder === "" ? "" : `${folder}/`],
  );
  return rows.map((row) => ({ path: row.path, digest: row.digest, sizeBytes: Number(row.size_bytes) }));
}
