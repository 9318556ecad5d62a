import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { QueueReply } from "#lib/training/schemas.ts";
import { selectActiveJobs } from "#lib/training/store/jobs.ts";

/** What trains and what waits, oldest first: read from the runs themselves, not from the queue's driver. */
export async function getQueue(ctx: Ctx): Promise<QueueReply> {
  requireScope(ctx, "tracking:read");
  const jobs = await selectActiveJobs(ctx);
  return {
    running: jobs
      .filter((job) => job.status === "RUNNING")
      .map((job) => ({
        runId: job.runId,
        name: job.runName,
        epochs: job.spec.epochs,
        epochsDone: job.epochsDone,
        workerId: job.workerId,
        startedAt: job.startedAt?.toISOString() ?? null,
        heartbeatAt: job.heartbeatAt?.toISOString() ?? null,
      })),
    waiting: jobs
      .filter((job) => job.status === "QUEUED")
      .map((job) => ({
        runId: job.runId,
        name: job.runName,
        epochs: job.spec.epochs,
        createdAt: job.createdAt.toISOString(),
      })),
  };
}
