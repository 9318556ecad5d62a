import { messageOf } from "#lib/platform/errors.ts";
import { openWorker } from "#lib/platform/queue/connection.ts";
import type { QueueName } from "#lib/platform/queue/define-job.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** A job as a handler gets it. */
export interface QueuedJob {
  id: string;
  name: string;
  data: unknown;
  /** Tries before this one. */
  attemptsMade: number;
}

export interface Consumer {
  /** Takes no more jobs, waits up to `patienceMs` for those under way, then lets go of them. */
  close(patienceMs: number): Promise<void>;
}

/** A lock is renewed at half of this; a worker that died is noticed at most this plus the next check later. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;

/** Takes jobs of one queue. An error of `handler` puts the job back, or fails it when it is an UnrecoverableError. */
export function consumeQueue(
  runtime: Runtime,
  queue: QueueName,
  options: { concurrency: number; handler: (job: QueuedJob) => Promise<void> },
): Consumer {
  const worker = openWorker(
    runtime.env,
    queue,
    (job) => options.handler({ id: job.id ?? "", name: job.name, data: job.data, attemptsMade: job.attemptsMade }),
    {
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // The default of 1 would fail a run whose worker died twice; our own attempts count instead.
      maxStalledCount: 1_000_000,
    },
  );
  worker.on("error", (error) => runtime.logger.warn({ queue, error: messageOf(error) }, "queue worker"));
  return {
    async close(patienceMs) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), patienceMs);
      });
      const closed = worker.close().then(() => "closed" as const);
      // After this only the connections remain, and they end with the process.
      if ((await Promise.race([closed, patience])) === "late") {
        closed.catch(() => undefined);
      }
      clearTimeout(timer);
    },
  };
}
