import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Runs that train a version (`digits/3`) again, newest first, at most `limit`. */
export async function selectReproductions(ctx: Ctx, version: string, limit: number): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `SELECT r.id FROM run_tag t JOIN run r ON r.id = t.run_id
     WHERE t.key = 'reproduces' AND t.value = $2 AND r.project_id = $1 AND r.lifecycle_stage = 'active'
     ORDER BY r.no DESC LIMIT $3::int`,
    [ctx.projectId, version, limit],
  );
  return rows.map((row) => row.id);
}
