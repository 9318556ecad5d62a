import { messageOf } from "#lib/platform/errors.ts";
import { UnrecoverableError } from "#lib/platform/queue/errors.ts";
import { executeRun, type TrainingPlace } from "#lib/training/execute-run.ts";
import { JOBS } from "#workers/jobs.ts";
import { type Processor, processor } from "#workers/runner.ts";

/** Does runs. A run that is to be tried again queues itself, so the queue never repeats a job of this kind. */
export function trainingProcessor(place: TrainingPlace): Processor {
  return processor(JOBS.ExecuteRun, async ({ payload, ctx, logger }) => {
    const { projectId, runId, failures } = payload;
    const result = await executeRun(ctx(projectId), place, { runId, failures });
    const error = "error" in result ? messageOf(result.error) : undefined;
    logger.info({ runId, outcome: result.outcome, error }, "training job ended");
    if (result.outcome === "failed") {
      throw new UnrecoverableError(`run ${runId} failed: ${error}`, { cause: result.error });
    }
  });
}
