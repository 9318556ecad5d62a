import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type AuditEntry, writeAuditEntries } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { Prisma, PrismaClient } from "#lib/platform/generated/client.ts";

export { Prisma };
export type Db = PrismaClient;
/** The client or the transaction: what a store's functions take. */
export type DbClient = PrismaClient | Prisma.TransactionClient;

/** A context inside a transaction. Verbs that get it join the transaction. */
export interface Tx extends Ctx {
  db: Prisma.TransactionClient;
  /** Collected by `audit()`, written just before COMMIT by the outermost `withTransaction`. */
  readonly auditEntries: AuditEntry[];
}

function isTx(ctx: Ctx): ctx is Tx {
  return "auditEntries" in ctx;
}

/** Opens the process's only pool and the Prisma client on it. */
export function openDatabase(options: { url: string; maxConnections: number }): { db: Db; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: options.url, max: options.maxConnections, application_name: "assay" });
  // An idle connection that breaks would otherwise end the process; the next query opens another.
  pool.on("error", () => undefined);
  return { db: new PrismaClient({ adapter: new PrismaPg(pool) }), pool };
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
  return db.$transaction(
    async (client) => {
      const tx: Tx = { ...ctx, db: client, auditEntries: [] };
      const result = await fn(tx);
      await writeAuditEntries(tx, tx.auditEntries);
      return result;
    },
    { maxWait: 10_000, timeout: 30_000 },
  );
}

/** True for Postgres' unique violation, through Prisma (P2002) or pg (23505). */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "P2002" || error.code === "23505");
}
