import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import { RUN_NAME_TAG } from "#lib/tracking/store/runs.ts";

/** Params and tags: one row a key. */

interface Entry {
  run_id: string;
  key: string;
  value: string;
}

/** Sets the tags with a value, removes those with null. The tag that holds the run's name renames it. */
export async function writeTags(ctx: Ctx, runId: string, tags: [string, string | null][]): Promise<void> {
  const set = tags.filter((tag): tag is [string, string] => tag[1] !== null);
  const removed = tags.filter(([, value]) => value === null).map(([key]) => key);
  if (removed.length > 0) {
    await querySql(ctx, "DELETE FROM run_tag WHERE run_id = $1 AND key = ANY($2::text[])", [runId, removed]);
  }
  if (set.length > 0) {
    await querySql(
      ctx,
      `WITH given AS (SELECT * FROM unnest($2::text[], $3::text[]) AS g(key, value)),
       named AS (UPDATE run SET name = given.value FROM given WHERE run.id = $1 AND given.key = '${RUN_NAME_TAG}')
       INSERT INTO run_tag (run_id, key, value) SELECT $1, key, value FROM given ORDER BY key
       ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value`,
      [runId, set.map(([key]) => key), set.map(([, value]) => value)],
    );
  }
}

/** False when there was none. */
export async function removeTag(ctx: Ctx, runId: string, key: string): Promise<boolean> {
  const rows = await querySql<{ key: string }>(
    ctx,
    "DELETE FROM run_tag WHERE run_id = $1 AND key = $2 RETURNING key",
    [runId, key],
  );
  return rows.length === 1;
}

/** By run. `keys` null: all. */
export async function selectEntries(
  ctx: Ctx,
  table: "run_param" | "run_tag",
  runIds: string[],
  keys: string[] | null,
): Promise<Map<string, Record<string, string>>> {
  const rows = await querySql<Entry>(
    ctx,
    `SELECT run_id, key, value FROM ${table}
     WHERE run_id = ANY($1::bpchar[]) AND ($2::text[] IS NULL OR key = ANY($2::text[])) ORDER BY run_id, key`,
    [runIds, keys],
  );
  const byRun = new Map<string, Record<string, string>>(runIds.map((id) => [id, {}]));
  for (const row of rows) {
    const entries = byRun.get(row.run_id);
    if (entries !== undefined) entries[row.key] = row.value;
  }
  return byRun;
}
