import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { lockAttempt } from "#lib/training/store/jobs.ts";

/** Another attempt has the run: whoever gets this stops and writes nothing more. */
class RunLostError extends Error {
  readonly code = "run_lost";

  constructor(runId: string, attempt: number) {
    super(`attempt ${attempt} does not have run ${runId} any more`);
    this.name = "RunLostError";
  }
}

export interface Attempt {
  runId: string;
  attempt: number;
}

/**
 * One transaction of an attempt: its job's row is locked and checked first, so that two attempts never both write.
 *
 * @throws RunLostError another attempt has the run
 */
export async function fenced<T>(
  ctx: Ctx,
  { runId, attempt }: Attempt,
  write: (tx: Tx, state: { epochsDone: number }) => Promise<T>,
): Promise<T> {
  return withTransaction(ctx, async (tx) => {
    const state = await lockAttempt(tx, runId, attempt);
    if (state === null) {
      throw new RunLostError(runId, attempt);
    }
    return write(tx, state);
  });
}
