import type pg from "pg";
import type { BlobStore } from "#lib/platform/blob.ts";
import type { Clock } from "#lib/platform/clock.ts";
import type { DbClient, TransactionClient } from "#lib/platform/db-client.ts";
import type { Logger } from "#lib/platform/logger.ts";

/** Who acts. Every write is on record under it. */
export type Actor =
  | { type: "user"; id: string; email: string; name: string; scopes: readonly string[]; sessionId?: string }
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

/** One governance act, for the record. */
export interface AuditEntry {
  /** Such as `version.promote`. */
  action: string;
  /** Such as `version:digits/3`. */
  subject: string;
  /** The chain holds integers only: fractions are written as strings. */
  detail: { [key: string]: unknown };
  /** Defaults to the project's chain. */
  chain?: string;
  /** Defaults to the actor of the context that it was collected with. */
  actor?: string;
}

/** A context inside a transaction. Verbs that get it join the transaction. */
export interface Tx extends Ctx {
  db: TransactionClient;
  /** Collected by `audit()`, written just before COMMIT by the outermost `withTransaction`. */
  readonly auditEntries: AuditEntry[];
}

/** The actor as one word for records: `user:<id>`. */
export function actorName(actor: Actor): string {
  return actor.type === "anonymous" ? "anonymous" : `${actor.type}:${actor.id}`;
}
