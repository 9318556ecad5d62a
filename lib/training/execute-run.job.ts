import { z } from "zod";
import { defineJob } from "#lib/platform/queue/define-job.ts";

/** Does a queued run. Tries are counted by the run itself, so the queue tries once. */
export const ExecuteRun = defineJob({
  name: "execute-run",
  queue: "training",
  version: 1,
  payload: z.object({
    projectId: z.string(),
    runId: z.string(),
    /** How often it failed in a way that another try may mend. */
    failures: z.int().min(0).default(0),
  }),
});

/**
 * The id of the job that takes a run up for the next time after `attempt`: asked for twice, it is one job, and it is
 * another one once a worker has taken the run up.
 */
export function executeRunJobId(runId: string, attempt: number): string {
  return `run-${runId}-${attempt}`;
}
