import type { z } from "zod";
import type { NoticePage, NoticeQuery } from "#lib/approvals/notices/schemas.ts";
import { selectNotices } from "#lib/approvals/notices/store.ts";
import { selectPersons } from "#lib/approvals/store/people.ts";
import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { decodeTimeCursor, encodeCursor } from "#lib/platform/pagination.ts";

/** What people of the project were told of its requests, or were to be told, newest first. */
export async function listNotices(ctx: Ctx, query: Partial<z.infer<typeof NoticeQuery>>): Promise<NoticePage> {
  requireScope(ctx, "admin");
  const { limit = 50, state, cursor } = query;
  const rows = await selectNotices(ctx, {
    state,
    models: confinedToModels(ctx),
    limit: limit + 1,
    before: cursor === undefined ? undefined : decodeTimeCursor(cursor),
  });
  const page = rows.slice(0, limit);
  const nameOf = await selectPersons(
    ctx,
    page.map(({ recipient }) => recipient),
  );
  const items = page.map(({ recipient, createdAt, sentAt, ...rest }) => ({
    ...rest,
    recipient: rest.channel === "slack" ? null : nameOf(recipient),
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
  }));
  const last = items.at(-1);
  return rows.length > limit && last !== undefined
    ? { items, nextCursor: encodeCursor([last.createdAt, last.id]) }
    : { items };
}
