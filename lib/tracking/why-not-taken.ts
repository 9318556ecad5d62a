import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { findWritableRun, noRun } from "#lib/tracking/find-run.ts";
import { isClient } from "#lib/tracking/is-client.ts";

/**
 * Tells why a run took nothing of the caller: it is not there, it is deleted, or a worker does it, whose params and
 * metrics are evidence that no client adds to.
 */
export async function whyNotTaken(ctx: Ctx, runId: string): Promise<Error> {
  const run = await findWritableRun(ctx, runId);
  if (!run.managed || !isClient(ctx)) {
    // It came back in between.
    return noRun(runId);
  }
  const problem = "a worker does this run";
  return new ConflictError(`A worker does run ${runId}: its params and metrics are not a client's to add.`, {
    code: "run_managed",
    details: [{ field: "run_id", problem, remedy: "Make a run of your own." }],
  });
}
