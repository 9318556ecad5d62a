import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { hintRun } from "#lib/tracking/hint-run.ts";
import { deletePoints } from "#lib/tracking/store/drop-points.ts";

/** Which points go: those after a step, or those written after the point of another series at a step (all, if there is none). */
export type DropPointsInput = { runId: string; keys: string[] } & (
  | { afterStep: number }
  | { afterLast: { key: string; step: number } }
);

/**
 * Takes points away that a resumed run is going to log again. Only `training` does this, to runs of its own; the newest
 * values and extremes are told anew from what is left.
 *
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted
 */
export async function dropPoints(ctx: Ctx, input: DropPointsInput): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    await deletePoints(tx, run.no, input);
    hintRun(tx, run.id);
  });
}
