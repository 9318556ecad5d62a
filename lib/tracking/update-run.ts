import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import type { RunDetail, UpdateRunBody } from "#lib/tracking/schemas.ts";
import { setTags } from "#lib/tracking/set-tags.ts";
import { updateRunName } from "#lib/tracking/store/runs.ts";

/**
 * Renames a run, sets and removes its tags.
 *
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted
 */
export async function updateRun(ctx: Ctx, input: { id: string } & UpdateRunBody): Promise<RunDetail> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.id, { lock: true });
    if (input.name !== undefined) {
      await updateRunName(tx, run.id, input.name);
    }
    await setTags(tx, { runId: run.id, tags: input.tags ?? {} });
  });
  return getRun(ctx, { id: input.id });
}
