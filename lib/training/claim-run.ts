import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { emit } from "#lib/platform/outbox.ts";
import { setRunStatus } from "#lib/tracking/index.ts";
import { isRunOver } from "#lib/tracking/status.ts";
import { isAlive } from "#lib/training/liveness.ts";
import { type JobRow, releaseJob, selectJob, takeJob } from "#lib/training/store/jobs.ts";

/** A run that this worker has: every write says the attempt, so that an older worker's writes are refused. */
export type Claim = { job: JobRow; attempt: number } | { skipped: string };

/**
 * Takes a run up for this worker: QUEUED, or RUNNING with a worker that has been silent too long. Anything else is
 * skipped with the reason; a run that is to be cancelled becomes CANCELLED.
 */
export async function claimRun(ctx: Ctx, input: { runId: string; workerId: string }): Promise<Claim> {
  return withTransaction(ctx, async (tx) => {
    const job = await selectJob(tx, input.runId, { lock: true });
    if (job === null) {
      return { skipped: "the run is not there" };
    }
    if (isRunOver(job.status) || job.lifecycleStage === "deleted") {
      return { skipped: `the run is ${job.status}, ${job.lifecycleStage}` };
    }
    if (job.status === "RUNNING" && isAlive(job.heartbeatAt, tx.clock.now())) {
      return { skipped: `worker ${job.workerId} has it` };
    }
    if (job.cancelRequestedAt !== null) {
      await releaseJob(tx, job.runId, { fence: true });
      await setRunStatus(tx, { runId: job.runId, to: "CANCELLED" });
      await emit(tx, "run.cancelled", { projectId: tx.projectId, runId: job.runId });
      return { skipped: "it was cancelled" };
    }
    const attempt = await takeJob(tx, job.runId, input.workerId);
    await setRunStatus(tx, { runId: job.runId, to: "RUNNING" });
    return { job, attempt };
  });
}
