import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** The run that made a logged model; null: none is on record. */
export async function selectModelMaker(ctx: Ctx, id: string): Promise<string | null> {
  const sql = "SELECT run_id FROM logged_model WHERE id = $1 AND project_id = $2";
  const [row] = await querySql<{ run_id: string | null }>(ctx, sql, [id, ctx.projectId]);
  return row?.run_id ?? null;
}
