import { writeAuditEntries } from "#lib/platform/audit.ts";
import type { Ctx, Tx } from "#lib/platform/ctx.ts";

export type { Tx } from "#lib/platform/ctx.ts";
export { type Db, type DbClient, openDatabase, Prisma } from "#lib/platform/db-client.ts";

/** Whether a context is inside a transaction. */
export function isTx(ctx: Ctx): ctx is Tx {
  return "auditEntries" in ctx;
}

/**
 * Runs `fn` in one transaction; joins the outer one if `ctx` is already inside. The audit rows that `fn` collected are
 * written last, with each chain's head locked in sorted order, so that no two transactions wait for each other.
 */
export async function withTransaction<T>(ctx: Ctx, fn: (tx: Tx) => Promise<T>): Promise<T> {
  if (isTx(ctx)) {
    return fn(ctx);
  }
  const db = ctx.db;
  if (!("$transaction" in db)) {
    throw new TypeError("a transaction client was passed without its Tx context");
  }
  const afterCommit: (() => void)[] = [];
  const done = await db.$transaction(
    async (client) => {
      const tx: Tx = { ...ctx, db: client, auditEntries: [], afterCommit };
      const result = await fn(tx);
      await writeAuditEntries(tx, tx.auditEntries);
      return result;
    },
    { maxWait: 10_000, timeout: 30_000 },
  );
  for (const run of afterCommit) run();
  return done;
}
