import type { Ctx } from "#lib/platform/ctx.ts";
import { decodeNumberCursor, encodeCursor } from "#lib/platform/pagination.ts";
import { openChain, toAuditRows } from "#lib/record/audit-rows.ts";
import type { AuditPage, AuditQuery } from "#lib/record/schemas.ts";
import { selectEvents } from "#lib/record/store/events.ts";

/**
 * A page of the audit log, newest first.
 *
 * @throws ForbiddenError no `audit:read`, or no `instance` for the instance's chain
 * @throws InvalidError   the cursor is of another list
 */
export async function searchAudit(ctx: Ctx, query: AuditQuery): Promise<AuditPage> {
  const { limit, cursor, chain: choice, ...filter } = query;
  const chain = openChain(ctx, choice);
  const after = cursor === undefined ? null : decodeNumberCursor(cursor);
  const rows = await selectEvents(ctx, chain, filter, { after, limit: limit + 1, newestFirst: true });
  const items = await toAuditRows(ctx, rows.slice(0, limit));
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, nextCursor: encodeCursor([last.seq]) } : { items };
}
