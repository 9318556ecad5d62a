import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { emit } from "#lib/platform/outbox.ts";
import { setRunStatus } from "#lib/tracking/index.ts";
import { isRunOver } from "#lib/tracking/status.ts";
import { isAlive } from "#lib/training/liveness.ts";
import type { SubmittedRun } from "#lib/training/schemas.ts";
import { markCancelRequested, releaseJob, selectJob } from "#lib/training/store/jobs.ts";
import { withTracking } from "#lib/training/with-tracking.ts";

/**
 * Cancels a run. One that waits, or whose worker is silent, is CANCELLED when this returns; one that trains hears it by
 * `assay_cancel` (and by its heartbeat) and is CANCELLED within 2 s: its checkpoint stays for a retry.
 *
 * @throws NotFoundError no training of this run in the project
 * @throws ConflictError it is over already
 */
export async function cancelRun(ctx: Ctx, input: { runId: string }): Promise<SubmittedRun> {
  requireScope(ctx, "training:write");
  return withTransaction(ctx, async (tx) => {
    const job = await selectJob(tx, input.runId, { lock: true });
    if (job === null) {
      throw new NotFoundError(`Training of run ${input.runId}`);
    }
    if (isRunOver(job.status)) {
      throw new ConflictError(`Run ${job.runId} is ${job.status} already.`, { code: "run_over" });
    }
    await markCancelRequested(tx, job.runId);
    audit(tx, { action: "training.cancel", subject: `run:${job.runId}`, detail: { status: job.status } });
    const isWorkedOn = job.status === "RUNNING" && isAlive(job.heartbeatAt, tx.clock.now());
    if (isWorkedOn) {
      await notify(tx.db, "assay_cancel", job.runId);
      return { runId: job.runId, name: job.runName, status: job.status };
    }
    await releaseJob(tx, job.runId, { fence: true });
    await setRunStatus(withTracking(tx), { runId: job.runId, to: "CANCELLED" });
    await emit(tx, "run.cancelled", { projectId: tx.projectId, runId: job.runId });
    return { runId: job.runId, name: job.runName, status: "CANCELLED" };
  });
}
