import type { z } from "zod";
import type { ListQuery, RequestSummary } from "#lib/approvals/schemas.ts";
import { readClock, selectPersons, selectStandings } from "#lib/approvals/store/people.ts";
import { type RequestFilter, selectRequests } from "#lib/approvals/store/requests.ts";
import { selectReviews } from "#lib/approvals/store/reviews.ts";
import { summarise } from "#lib/approvals/summarise.ts";
import { whoIs } from "#lib/approvals/who-may.ts";
import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { decodeTimeCursor, encodeCursor } from "#lib/platform/pagination.ts";

type Query = Partial<z.infer<typeof ListQuery>>;

/**
 * Requests, newest first. `waiting`: those that wait for the caller's review; who is asked is not a matter of SQL, so pages
 * are read until one is full.
 */
export async function listRequests(ctx: Ctx, query: Query): Promise<{ items: RequestSummary[]; nextCursor?: string }> {
  requireScope(ctx, "approvals:read");
  const { limit = 50, waiting = false } = query;
  const me = whoIs(ctx.actor);
  const standing = (await selectStandings(ctx, [me])).get(me);
  const now = await readClock(ctx);
  const filter: RequestFilter = {
    states: waiting ? ["pending"] : query.state,
    model: query.model,
    models: confinedToModels(ctx),
    requestedBy: query.mine ? me : undefined,
    due: query.due,
    limit: limit + 1,
    before: query.cursor === undefined ? undefined : decodeTimeCursor(query.cursor),
  };
  const items: RequestSummary[] = [];
  for (;;) {
    const rows = await selectRequests(ctx, filter);
    const reviews = await selectReviews(
      ctx,
      rows.map(({ id }) => id),
    );
    const person = await selectPersons(
      ctx,
      rows.map(({ requestedBy }) => requestedBy),
    );
    for (const row of rows) {
      const own = reviews.filter((review) => review.requestId === row.id);
      const summary = summarise(row, own, { standing, now, person });
      if (!waiting || summary.waitingOnMe) items.push(summary);
    }
    const last = rows.at(-1);
    const isEnd = last === undefined || rows.length < filter.limit;
    if (isEnd || items.length > limit) break;
    filter.before = { createdAt: last.createdAt.toISOString(), id: last.id };
  }
  const page = items.slice(0, limit);
  const last = page.at(-1);
  const isMore = items.length > limit && last !== undefined;
  return { items: page, ...(isMore && { nextCursor: encodeCursor([last.createdAt, last.id]) }) };
}
