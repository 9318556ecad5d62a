import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Whether the project has this version, deleted ones left out. */
export async function versionExists(ctx: Ctx, id: string): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    ctx,
    "SELECT id FROM model_version WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
    [id, ctx.projectId],
  );
  return rows.length === 1;
}
