import { z } from "zod";
import { UnrecoverableError } from "#lib/platform/queue/errors.ts";

/** The queues. `training` is one job at a time per worker; `events` holds what is over in moments. */
export const QUEUES = ["training", "events"] as const;
export type QueueName = (typeof QUEUES)[number];

/** A kind of job. Light enough for producers: no handler, no driver. */
export interface JobDefinition<P extends z.ZodType = z.ZodType> {
  name: string;
  queue: QueueName;
  /** Raised when a payload changes its meaning. New fields are optional and need no new version. */
  version: number;
  payload: P;
  /** How often it is tried before it counts as failed. Default 1. */
  attempts: number;
  /** The first wait before another try; it doubles each time. */
  backoffMs: number;
}

export function defineJob<P extends z.ZodType>(
  job: Pick<JobDefinition<P>, "name" | "queue" | "version" | "payload"> & { attempts?: number; backoffMs?: number },
): JobDefinition<P> {
  return { attempts: 1, backoffMs: 1_000, ...job };
}

/** A job as it is stored: payloads hold ids and a version, never tensors or secrets. */
const Envelope = z.object({ v: z.int().min(1), payload: z.unknown() });

export function packJob<P extends z.ZodType>(job: JobDefinition<P>, payload: z.infer<P>): z.infer<typeof Envelope> {
  return { v: job.version, payload: job.payload.parse(payload) };
}

/** @throws UnrecoverableError written by a newer version, or damaged: trying again cannot help */
export function unpackJob<P extends z.ZodType>(job: JobDefinition<P>, data: unknown): z.infer<P> {
  const envelope = Envelope.safeParse(data);
  if (!envelope.success) {
    throw new UnrecoverableError(`a ${job.name} job has no envelope`, { cause: envelope.error });
  }
  if (envelope.data.v > job.version) {
    throw new UnrecoverableError(
      `a ${job.name} job is of version ${envelope.data.v}, and ${job.version} is known here`,
    );
  }
  const payload = job.payload.safeParse(envelope.data.payload);
  if (!payload.success) {
    throw new UnrecoverableError(`a ${job.name} job's payload is wrong: ${payload.error.message}`, {
      cause: payload.error,
    });
  }
  return payload.data;
}
