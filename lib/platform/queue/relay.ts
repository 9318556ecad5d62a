import { messageOf } from "#lib/platform/errors.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** A row of the outbox. */
export interface OutboxEvent {
  id: string;
  topic: string;
  payload: Record<string, string | number | boolean | null>;
}

const BATCH = 100;

/**
 * Hands unsent events to `send` and marks them, oldest first; rows that another relay holds are skipped. A row is marked
 * in the transaction that holds it, after `send`: a crash between the two sends it again, so `send` uses ids that make a
 * second time harmless. A row that fails stays unsent with its error, and the rest of the batch goes on.
 *
 * @returns how many were taken and how many of them failed
 */
export async function relayOutbox(
  runtime: Runtime,
  send: (event: OutboxEvent) => Promise<void>,
): Promise<{ taken: number; failed: number }> {
  return runtime.db.$transaction(
    async (tx) => {
      const rows = await tx.$queryRaw<OutboxEvent[]>`
        SELECT id::text AS id, topic, payload FROM outbox WHERE sent_at IS NULL
        ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
      const sent: string[] = [];
      let failed = 0;
      for (const row of rows) {
        try {
          await send(row);
          sent.push(row.id);
        } catch (error) {
          failed += 1;
          const message = messageOf(error).slice(0, 500);
          await tx.$executeRaw`
            UPDATE outbox SET attempts = attempts + 1, last_error = ${message} WHERE id = ${row.id}::text::bigint`;
        }
      }
      if (sent.length > 0) {
        await tx.$executeRaw`
          UPDATE outbox SET sent_at = ${runtime.clock.now()}, last_error = NULL
          WHERE id = ANY(${sent}::text[]::bigint[])`;
      }
      return { taken: rows.length, failed };
    },
    { maxWait: 10_000, timeout: 60_000 },
  );
}

/** Forgets what was sent more than a week ago. */
export async function sweepOutbox(runtime: Runtime): Promise<void> {
  const before = new Date(runtime.clock.now().getTime() - 7 * 24 * 3_600_000);
  await runtime.db.$executeRaw`DELETE FROM outbox WHERE sent_at < ${before}`;
}
