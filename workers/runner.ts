import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { Logger } from "#lib/platform/logger.ts";
import { Counter, Gauge, Histogram } from "#lib/platform/metrics.ts";
import { type Consumer, consumeQueue, type QueuedJob } from "#lib/platform/queue/consume.ts";
import { type JobDefinition, QUEUES, type QueueName, unpackJob } from "#lib/platform/queue/define-job.ts";
import { UnrecoverableError } from "#lib/platform/queue/errors.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";

/** What a processor works with. */
export interface Task<P> {
  payload: P;
  /** In `projectId`, as this worker unless told otherwise. */
  ctx(projectId: string, actor?: Actor): Ctx;
  /** Aborted when the worker is told to stop: hand back what cannot be finished in 2 s. */
  signal: AbortSignal;
  logger: Logger;
}

export interface Processor {
  job: JobDefinition;
  run(runtime: Runtime, actor: Actor, job: QueuedJob, signal: AbortSignal): Promise<void>;
}

/** Ties a kind of job to what does it. */
export function processor<P extends z.ZodType>(
  job: JobDefinition<P>,
  handle: (task: Task<z.infer<P>>) => Promise<void>,
): Processor {
  return {
    job,
    async run(runtime, actor, queued, signal) {
      const logger = runtime.logger.child({ job: job.name, jobId: queued.id });
      const ctx = (projectId: string, other?: Actor) =>
        makeCtx(runtime, { actor: other ?? actor, projectId, requestId: `job:${queued.id}` });
      await handle({ payload: unpackJob(job, queued.data), ctx, signal, logger });
    },
  };
}

export interface Runner {
  /** Ends within `patienceMs`: no more jobs, those under way hear it and hand back. */
  stop(patienceMs: number): Promise<void>;
}

/** Runs the processors, each queue with its own number of jobs at a time, with metrics and log lines around each job. */
export function startRunner(
  runtime: Runtime,
  options: { actor: Actor; processors: Processor[]; concurrency: Record<QueueName, number> },
): Runner {
  const stopping = new AbortController();
  const meters = createMeters(runtime);
  const byName = new Map(options.processors.map((entry) => [entry.job.name, entry]));

  const handler = async (queued: QueuedJob): Promise<void> => {
    const entry = byName.get(queued.name);
    if (entry === undefined) {
      throw new UnrecoverableError(`no processor for ${queued.name}`);
    }
    const labels = { job: queued.name };
    const stopTimer = meters.seconds.startTimer(labels);
    meters.active.inc(labels);
    try {
      await entry.run(runtime, options.actor, queued, stopping.signal);
      meters.total.inc({ ...labels, outcome: "done" });
    } catch (error) {
      const isFinal = error instanceof UnrecoverableError || queued.attemptsMade + 1 >= entry.job.attempts;
      meters.total.inc({ ...labels, outcome: isFinal ? "failed" : "retried" });
      const line = { job: queued.name, jobId: queued.id, error: messageOf(error), cause: causeOf(error) };
      runtime.logger[isFinal ? "error" : "warn"](line, isFinal ? "job failed" : "job will be tried again");
      throw error;
    } finally {
      meters.active.dec(labels);
      stopTimer();
    }
  };

  const consumers: Consumer[] = QUEUES.map((queue) =>
    consumeQueue(runtime, queue, { concurrency: options.concurrency[queue], handler }),
  );
  return {
    async stop(patienceMs) {
      stopping.abort();
      await Promise.race([Promise.all(consumers.map((consumer) => consumer.close(patienceMs))), sleep(patienceMs)]);
    },
  };
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : undefined;
}

function createMeters(runtime: Runtime) {
  const registers = [runtime.metrics];
  return {
    total: new Counter({
      name: "assay_jobs_total",
      help: "Jobs by kind and outcome (done, retried, failed).",
      labelNames: ["job", "outcome"],
      registers,
    }),
    seconds: new Histogram({
      name: "assay_job_seconds",
      help: "How long jobs took.",
      labelNames: ["job"],
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3_600],
      registers,
    }),
    active: new Gauge({ name: "assay_jobs_active", help: "Jobs under way.", labelNames: ["job"], registers }),
  };
}
