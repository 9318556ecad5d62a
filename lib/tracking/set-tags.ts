import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { hintRun } from "#lib/tracking/hint-run.ts";
import { takeRunTags } from "#lib/tracking/run-tags.ts";
import { removeTag, writeTags } from "#lib/tracking/store/entries.ts";
import { requireNoWorkerTags } from "#lib/tracking/worker-tags.ts";

/**
 * Sets tags; null removes one. The tag `mlflow.runName` is the run's name.
 *
 * @throws InvalidError  a name that is not allowed
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted; a worker does it, and the tag says how
 */
export async function setTags(ctx: Ctx, input: { runId: string; tags: Record<string, string | null> }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const tags = takeRunTags(input.tags);
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    requireNoWorkerTags(
      tx,
      run,
      tags.map(([key]) => key),
    );
    await writeTags(tx, run.id, tags);
    hintRun(tx, run.id);
  });
}

/**
 * Removes a tag that is there.
 *
 * @throws NotFoundError no such run, or it has no such tag
 * @throws ConflictError the run is deleted; a worker does it, and the tag says how
 */
export async function deleteTag(ctx: Ctx, input: { runId: string; key: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    requireNoWorkerTags(tx, run, [input.key]);
    if (!(await removeTag(tx, run.id, input.key))) {
      throw new NotFoundError(`Tag ${input.key} of run ${run.id}`);
    }
    hintRun(tx, run.id);
  });
}
