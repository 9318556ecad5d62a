import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { Prisma, PrismaClient } from "#lib/platform/generated/client.ts";

export { Prisma };
export type Db = PrismaClient;
/** The client or the transaction: what a store's functions take. */
export type DbClient = PrismaClient | Prisma.TransactionClient;
export type TransactionClient = Prisma.TransactionClient;

/** Opens the process's only pool and the Prisma client on it. */
export function openDatabase(options: { url: string; maxConnections: number }): { db: Db; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: options.url, max: options.maxConnections, application_name: "assay" });
  // An idle connection that breaks would otherwise end the process; the next query opens another.
  pool.on("error", () => undefined);
  return { db: new PrismaClient({ adapter: new PrismaPg(pool) }), pool };
}
