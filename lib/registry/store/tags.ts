import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Tags of a model, or of a version. */
export interface TagOwner {
  table: "model_tag" | "model_version_tag";
  id: string;
}

const OWNER_COLUMN: Record<TagOwner["table"], string> = { model_tag: "model_id", model_version_tag: "version_id" };

/** @returns what the tags were before, of those that were there */
export async function upsertTags(
  ctx: Ctx,
  { table, id }: TagOwner,
  tags: readonly [string, string][],
): Promise<Record<string, string>> {
  const keys = tags.map(([key]) => key);
  const owner = OWNER_COLUMN[table];
  const before = await querySql<{ key: string; value: string }>(
    ctx,
    `SELECT key, value FROM ${table} WHERE ${owner} = $1 AND key = ANY($2::text[])`,
    [id, keys],
  );
  await querySql(
    ctx,
    `INSERT INTO ${table} (${owner}, key, value) SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS g(key, value)
     ON CONFLICT (${owner}, key) DO UPDATE SET value = excluded.value`,
    [id, keys, tags.map(([, value]) => value)],
  );
  return Object.fromEntries(before.map(({ key, value }) => [key, value]));
}

/** The value that it had; null: there was none. */
export async function removeTag(ctx: Ctx, { table, id }: TagOwner, key: string): Promise<string | null> {
  const rows = await querySql<{ value: string }>(
    ctx,
    `DELETE FROM ${table} WHERE ${OWNER_COLUMN[table]} = $1 AND key = $2 RETURNING value`,
    [id, key],
  );
  return rows[0]?.value ?? null;
}
