import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { notify } from "#lib/platform/notify.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { writeTags } from "#lib/tracking/store/entries.ts";

/**
 * Sets tags; null removes one.
 *
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted
 */
export async function setTags(ctx: Ctx, input: { runId: string; tags: Record<string, string | null> }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    await writeTags(tx, run.id, Object.entries(input.tags));
    await notify(tx.db, "assay_run", run.id);
  });
}
