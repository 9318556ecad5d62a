import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { type RunRow, selectRun } from "#lib/tracking/store/runs.ts";

/**
 * The run of this project, deleted or not.
 *
 * @throws NotFoundError none, or another project's
 */
export async function findRun(ctx: Ctx, id: string, options: { lock?: boolean } = {}): Promise<RunRow> {
  const run = await selectRun(ctx, id, options);
  if (run === null) {
    throw new NotFoundError(`Run ${id}`);
  }
  return run;
}

/**
 * A run that may be written to.
 *
 * @throws ConflictError it is deleted
 */
export async function findWritableRun(ctx: Ctx, id: string, options: { lock?: boolean } = {}): Promise<RunRow> {
  const run = await findRun(ctx, id, options);
  if (run.lifecycleStage === "deleted") {
    throw new ConflictError(`Run ${id} is deleted. Restore it first.`, { code: "run_deleted" });
  }
  return run;
}
