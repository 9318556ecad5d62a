import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { ArtifactEntry } from "#lib/tracking/schemas.ts";

interface ArtifactRow {
  path: string;
  digest: string;
  size_bytes: string;
  media_type: string;
  created_at: Date;
}

const COLUMNS = "path, digest, size_bytes::text AS size_bytes, media_type, created_at";

function toEntry(row: ArtifactRow): ArtifactEntry {
  return {
    path: row.path,
    digest: row.digest,
    sizeBytes: Number(row.size_bytes),
    mediaType: row.media_type,
    createdAt: row.created_at.toISOString(),
  };
}

export async function upsertArtifact(ctx: Ctx, runId: string, entry: Omit<ArtifactEntry, "createdAt">): Promise<void> {
  await querySql(
    ctx,
    `INSERT INTO artifact (run_id, path, digest, size_bytes, media_type, created_at) VALUES ($1, $2, $3, $4::bigint, $5, $6)
     ON CONFLICT (run_id, path) DO UPDATE
       SET digest = excluded.digest, size_bytes = excluded.size_bytes, media_type = excluded.media_type,
           created_at = excluded.created_at`,
    [runId, entry.path, entry.digest, String(entry.sizeBytes), entry.mediaType, ctx.clock.now()],
  );
}

export async function selectArtifacts(ctx: Ctx, runId: string): Promise<ArtifactEntry[]> {
  const rows = await querySql<ArtifactRow>(ctx, `SELECT ${COLUMNS} FROM artifact WHERE run_id = $1 ORDER BY path`, [
    runId,
  ]);
  return rows.map(toEntry);
}

export async function selectArtifact(ctx: Ctx, runId: string, path: string): Promise<ArtifactEntry | null> {
  const [row] = await querySql<ArtifactRow>(ctx, `SELECT ${COLUMNS} FROM artifact WHERE run_id = $1 AND path = $2`, [
    runId,
    path,
  ]);
  return row === undefined ? null : toEntry(row);
}
