import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { decodeNumberCursor, encodeCursor } from "#lib/platform/pagination.ts";
import { labelActors } from "#lib/record/label-actors.ts";
import type { DeniedPage, DeniedQuery } from "#lib/record/schemas.ts";
import { selectDenied } from "#lib/record/store/denied.ts";

/** Attempts that were refused, newest first. They belong to no project: whoever is refused may have named any. */
export async function listDenied(ctx: Ctx, query: DeniedQuery): Promise<DeniedPage> {
  requireScope(ctx, "instance");
  const { limit, cursor, ...filter } = query;
  const before = cursor === undefined ? null : decodeNumberCursor(cursor);
  const rows = await selectDenied(ctx, filter, { before, limit: limit + 1 });
  const label = await labelActors(
    ctx,
    rows.map((row) => row.actor),
  );
  const items = rows.slice(0, limit).map((row) => ({ ...row, actorLabel: label(row.actor) }));
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, nextCursor: encodeCursor([last.id]) } : { items };
}
