import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { selectEntries, writeTags } from "#lib/tracking/store/entries.ts";

/** Where older clients keep which models a run made: a list as JSON. */
const HISTORY_TAG = "mlflow.log-model.history";
/** Of that list, in characters. */
const MAX_LENGTH = 1_000_000;

/**
 * Adds a model to the list of those that a run made, as clients before MLflow 3 do.
 *
 * @throws InvalidError  the list would be too long
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted
 */
export async function recordModel(ctx: Ctx, input: { runId: string; model: Record<string, unknown> }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    // Locked: of two that add at once neither is lost.
    const run = await findWritableRun(tx, input.runId, { lock: true });
    const tags = await selectEntries(tx, "run_tag", [run.id], [HISTORY_TAG]);
    const value = JSON.stringify([...historyOf(tags.get(run.id)?.[HISTORY_TAG]), input.model]);
    if (value.length > MAX_LENGTH) {
      throw new InvalidError("The run's list of models is too long.", {
        details: [
          { field: "model_json", problem: `more than ${MAX_LENGTH} characters`, remedy: "Log it to another run." },
        ],
      });
    }
    await writeTags(tx, run.id, [[HISTORY_TAG, value]]);
    await notify(tx.db, "assay_run", run.id);
  });
}

/** A tag that a client wrote itself may hold anything. */
function historyOf(text: string | undefined): unknown[] {
  if (text === undefined) return [];
  try {
    const history: unknown = JSON.parse(text);
    return Array.isArray(history) ? history : [];
  } catch {
    return [];
  }
}
