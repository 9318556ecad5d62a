import { createPostgresBackend, Queue, Worker, type WorkerOptions, withBackend } from "bullmq";
import type { BaseEnv } from "#lib/platform/env.ts";

/** Where the queue lives: on Redis when `REDIS_URL` says so, else in the schema `bullmq` of the database. */
type QueueEnv = Pick<BaseEnv, "DATABASE_URL" | "REDIS_URL" | "ASSAY_QUEUE_PREFIX">;
type JobHandler = (job: { id?: string; name: string; data: unknown; attemptsMade: number }) => Promise<void>;

const Postgres = withBackend(createPostgresBackend);
const SCHEMA = "bullmq";

// A config object, not a string: a string's `?options=` would displace the search path. The owner migrates the schema.
const postgres = (env: QueueEnv, max: number) => ({
  connectionString: env.DATABASE_URL,
  schema: SCHEMA,
  migrate: false,
  max,
  application_name: "assay-queue",
});

export function queueBackend(env: QueueEnv): "redis" | "postgres" {
  return env.REDIS_URL === undefined ? "postgres" : "redis";
}

export function openQueue(env: QueueEnv, name: string) {
  if (env.REDIS_URL !== undefined) {
    // Without the offline queue an add fails at once while Redis is away; the outbox keeps the event.
    const connection = { url: env.REDIS_URL, enableOfflineQueue: false, maxRetriesPerRequest: 1 };
    return new Queue(name, { connection, prefix: env.ASSAY_QUEUE_PREFIX, skipMetasUpdate: true });
  }
  return new Postgres.Queue(name, { connection: postgres(env, 2) });
}

export function openWorker(
  env: QueueEnv,
  name: string,
  handler: JobHandler,
  options: Omit<WorkerOptions, "connection" | "prefix">,
) {
  if (env.REDIS_URL !== undefined) {
    const connection = { url: env.REDIS_URL, maxRetriesPerRequest: null };
    return new Worker(name, handler, { ...options, connection, prefix: env.ASSAY_QUEUE_PREFIX });
  }
  return new Postgres.Worker(name, handler, { ...options, connection: postgres(env, 2) });
}
