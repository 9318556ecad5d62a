import type { Ctx } from "#lib/platform/ctx.ts";
import type { Queues } from "#lib/platform/queue/queues.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { executeRunJobId } from "#lib/training/execute-run.job.ts";
import { findNeglectedRuns, sweepWorkFolders } from "#lib/training/reconcile.ts";
import { type Background, startBackground } from "#workers/background.ts";
import { JOBS } from "#workers/jobs.ts";

const EVERY_MS = 5_000;
const SWEEP_EVERY = 120;

/**
 * Queues every run that waits or whose worker fell silent once more: the queue keeps one job an attempt, so this changes
 * something only where the queue lost it. Whatever is killed, no run stays stuck.
 */
export function startReconciler(runtime: Runtime, ctx: Ctx, queues: Queues, places: { home: string }): Background {
  let rounds = 0;
  return startBackground({
    name: "reconciler",
    everyMs: EVERY_MS,
    logger: runtime.logger,
    async work() {
      for (const { projectId, runId, attempt } of await findNeglectedRuns(ctx)) {
        await queues.add(
          JOBS.ExecuteRun,
          { projectId, runId, failures: 0 },
          { jobId: executeRunJobId(runId, attempt) },
        );
      }
      if (rounds++ % SWEEP_EVERY === 0) {
        await sweepWorkFolders(ctx, places);
        await ctx.blobs.sweep(ctx.clock.now());
      }
      return false;
    },
  });
}
