import type pg from "pg";
import type { BlobStore } from "#lib/platform/blob.ts";
import type { Clock } from "#lib/platform/clock.ts";
import type { DbClient } from "#lib/platform/db.ts";
import type { Logger } from "#lib/platform/logger.ts";

/** Who acts. Every write is on record under it. */
export type Actor =
  | { type: "user"; id: string; email: string; name: string; scopes: readonly string[] }
  | { type: "apiKey"; id: string; name: string; scopes: readonly string[] }
  | { type: "worker"; id: string; scopes: readonly string[] }
  | { type: "system"; id: string; scopes: readonly string[] }
  | { type: "anonymous"; scopes: readonly string[] };

/** What a verb may use. Nothing else is ambient. */
export interface Ctx {
  /** Prisma: the client, or inside `withTransaction` the transaction. */
  db: DbClient;
  /** The shared pool for single hot statements without audit or outbox. Never inside a transaction. */
  pool: pg.Pool;
  actor: Actor;
  projectId: string;
  requestId: string;
  /** The caller's address where there is one. */
  ip?: string | undefined;
  clock: Clock;
  logger: Logger;
  blobs: BlobStore;
}

/** The actor as one word for records: `user:<id>`. */
export function actorName(actor: Actor): string {
  return actor.type === "anonymous" ? "anonymous" : `${actor.type}:${actor.id}`;
}
