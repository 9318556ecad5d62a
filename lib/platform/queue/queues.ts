import type { z } from "zod";
import { messageOf, UnavailableError } from "#lib/platform/errors.ts";
import { Gauge } from "#lib/platform/metrics.ts";
import { openQueue, queueBackend } from "#lib/platform/queue/connection.ts";
import { type JobDefinition, packJob, QUEUES, type QueueName } from "#lib/platform/queue/define-job.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** How many jobs are in which state. */
type QueueCounts = Record<"waiting" | "active" | "delayed" | "failed", number>;

/** The process's producers. */
export interface Queues {
  backend: "redis" | "postgres";
  /**
   * Adds a job; while one of the same `jobId` exists, adding it again changes nothing.
   *
   * @throws UnavailableError the queue does not answer
   */
  add<P extends z.ZodType>(
    job: JobDefinition<P>,
    payload: z.infer<P>,
    options: { jobId: string; delayMs?: number },
  ): Promise<void>;
  counts(queue: QueueName): Promise<QueueCounts>;
  /** Asks the queue something small. @throws UnavailableError it does not answer within 2 s */
  check(): Promise<void>;
}

const PATIENCE_MS = 2_000;

/** The queues of this process, opened on first use and closed with the runtime. */
export function getQueues(runtime: Runtime): Queues {
  return runtime.singleton("platform.queues", () => createQueues(runtime));
}

function createQueues(runtime: Runtime): Queues {
  const { env, logger } = runtime;
  const opened = new Map<QueueName, ReturnType<typeof openQueue>>();
  const queueOf = (name: QueueName) => {
    const existing = opened.get(name);
    if (existing !== undefined) {
      return existing;
    }
    const queue = openQueue(env, name);
    queue.on("error", (error) => logger.warn({ queue: name, error: messageOf(error) }, "queue connection"));
    opened.set(name, queue);
    return queue;
  };
  runtime.onClose(async () => {
    await Promise.allSettled([...opened.values()].map((queue) => queue.close()));
  });

  const counts = async (name: QueueName): Promise<QueueCounts> => {
    const found = await queueOf(name).getJobCounts("waiting", "active", "delayed", "failed");
    const of = (state: string) => found[state] ?? 0;
    return { waiting: of("waiting"), active: of("active"), delayed: of("delayed"), failed: of("failed") };
  };
  exposeDepth(runtime, counts);

  return {
    backend: queueBackend(env),
    counts,
    async add(job, payload, options) {
      try {
        await queueOf(job.queue).add(job.name, packJob(job, payload), {
          jobId: options.jobId,
          ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
          attempts: job.attempts,
          backoff: { type: "exponential", delay: job.backoffMs },
          // What is over is forgotten, so that its id is free again; what it did stands in the tables.
          removeOnComplete: true,
          removeOnFail: job.queue === "training" ? true : { age: 7 * 24 * 3600, count: 1_000 },
        });
      } catch (cause) {
        throw new UnavailableError(`The queue did not take a ${job.name} job.`, { code: "queue_unavailable", cause });
      }
    },
    async check() {
      await within(PATIENCE_MS, counts("events"));
    },
  };
}

function exposeDepth(runtime: Runtime, counts: (name: QueueName) => Promise<QueueCounts>): void {
  new Gauge({
    name: "assay_queue_jobs",
    help: "Jobs in the queue, by queue and state.",
    labelNames: ["queue", "state"],
    registers: [runtime.metrics],
    async collect() {
      for (const queue of QUEUES) {
        // A queue that is away shows in health; its gauge then keeps the last value.
        const found = await within(PATIENCE_MS, counts(queue)).catch(() => undefined);
        for (const [state, count] of Object.entries(found ?? {})) this.set({ queue, state }, count);
      }
    },
  });
}

async function within<T>(patienceMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw new UnavailableError("The queue does not answer.", { code: "queue_unavailable", cause });
  } finally {
    clearTimeout(timer);
  }
}
