import type { Tx } from "#lib/platform/ctx.ts";

/** Writes an event into the transaction; the relay hands it to the queue after commit, at least once. */
export async function emit(
  tx: Tx,
  topic: string,
  payload: { [key: string]: string | number | boolean | null },
): Promise<void> {
  await tx.db.outbox.create({ data: { topic, payload } });
}
