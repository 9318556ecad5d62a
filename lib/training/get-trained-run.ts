import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getRun } from "#lib/tracking/index.ts";
import type { TrainedRun, TrainingState } from "#lib/training/schemas.ts";
import { type JobRow, selectEvaluation, selectJob } from "#lib/training/store/jobs.ts";

/**
 * A run with the state of its training and, once it is over, its evaluation. Both are null for a run that its client does.
 *
 * @throws NotFoundError no such run in the project
 */
export async function getTrainedRun(ctx: Ctx, input: { id: string }): Promise<TrainedRun> {
  requireScope(ctx, "tracking:read");
  const run = await getRun(ctx, input);
  const job = await selectJob(ctx, run.id);
  return {
    ...run,
    training: job === null ? null : toState(job),
    evaluation: job === null ? null : await selectEvaluation(ctx, run.id),
  };
}

function toState(job: JobRow): TrainingState {
  return {
    runId: job.runId,
    strategyRunId: job.strategyRunId,
    position: job.position,
    dataset: job.dataset,
    datasetVersionId: job.datasetVersionId,
    spec: job.spec,
    attempt: job.attempt,
    epochsDone: job.epochsDone,
    workerId: job.workerId,
    heartbeatAt: job.heartbeatAt?.toISOString() ?? null,
    cancelRequestedAt: job.cancelRequestedAt?.toISOString() ?? null,
  };
}
