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
    throw noRun(id);
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
    throw new ConflictError(`The run ${id} must be in the 'active' state. Current state is deleted.`, {
      code: "run_deleted",
    });
  }
  return run;
}

export function noRun(id: string): NotFoundError {
  return new NotFoundError(`Run with id=${id}`);
}
