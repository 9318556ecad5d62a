import type { Ctx } from "#lib/platform/ctx.ts";
import { type RunFilter, type RunMark, selectRunPage } from "#lib/tracking/store/list-runs.ts";
import type { RunRow } from "#lib/tracking/store/runs.ts";

/** All runs that the filter lets through, newest first, `atOnce` at a time. Runs that begin meanwhile are not among them. */
export async function* eachRun(ctx: Ctx, filter: RunFilter, atOnce: number): AsyncGenerator<RunRow[]> {
  let after: RunMark | undefined;
  for (;;) {
    const rows = await selectRunPage(ctx, filter, { by: "created", descending: true }, { after, limit: atOnce });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < atOnce) return;
    after = { sort: null, no: last.no };
  }
}
