import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { emit } from "#lib/platform/outbox.ts";
import { setRunStatus } from "#lib/tracking/index.ts";
import { canRunBeRetried } from "#lib/tracking/status.ts";
import type { SubmittedRun } from "#lib/training/schemas.ts";
import { canStrategyBecome } from "#lib/training/status.ts";
import { clearForRetry, selectJob } from "#lib/training/store/jobs.ts";
import { selectStrategyRun, updateStrategyRun } from "#lib/training/store/strategies.ts";
import { withTracking } from "#lib/training/with-tracking.ts";

/**
 * Puts a FAILED or CANCELLED run in the queue again, under its id. It goes on from its checkpoint where there is one;
 * else it starts anew and its old metrics are cleared when it does. A strategy that was over opens again.
 *
 * @throws NotFoundError no training of this run in the project
 * @throws ConflictError it is queued, running, finished or deleted
 */
export async function retryRun(ctx: Ctx, input: { runId: string }): Promise<SubmittedRun> {
  requireScope(ctx, "training:write");
  return withTransaction(ctx, async (tx) => {
    const job = await selectJob(tx, input.runId, { lock: true });
    if (job === null) {
      throw new NotFoundError(`Training of run ${input.runId}`);
    }
    if (!canRunBeRetried(job.status) || job.lifecycleStage === "deleted") {
      throw new ConflictError(`Run ${job.runId} is ${job.status} (${job.lifecycleStage}) and cannot be retried.`, {
        code: "run_not_retryable",
      });
    }
    await clearForRetry(tx, job.runId);
    await setRunStatus(withTracking(tx), { runId: job.runId, to: "QUEUED" });
    const group = job.strategyRunId === null ? null : await selectStrategyRun(tx, job.strategyRunId, { lock: true });
    if (group !== null && canStrategyBecome(group.status, "RUNNING")) {
      await updateStrategyRun(tx, group.id, { status: "RUNNING", bestRunId: group.bestRunId });
    }
    audit(tx, { action: "training.retry", subject: `run:${job.runId}`, detail: { attempt: job.attempt } });
    await emit(tx, "run.queued", { projectId: tx.projectId, runId: job.runId, attempt: job.attempt, failures: 0 });
    return { runId: job.runId, name: job.runName, status: "QUEUED" };
  });
}
