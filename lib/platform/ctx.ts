import type pg from "pg";
import type { BlobStore } from "#lib/platform/blob.ts";
import type { Clock } from "#lib/platform/clock.ts";
import type { DbClient, TransactionClient } from "#lib/platform/db-client.ts";
import type { Logger } from "#lib/platform/logger.ts";

/** Who acts. Every write is on record under it. `scopes` are those in the context's project. */
export type Actor =
  | {
      type: "user";
      id: string;
      email: string;
      name: string;
      scopes: readonly string[];
      /** The role in the context's project. */
      role?: string | undefined;
      /** Rare extra rights in the project, such as `emergency`. */
      grants?: readonly string[] | undefined;
      sessionId?: string | undefined;
      /** When this session's person last proved who they are, and last gave a second factor. */
      authenticatedAt?: Date | undefined;
      secondFactorAt?: Date | undefined;
    }
  | {
      type: "apiKey";
      id: string;
      name: string;
      scopes: readonly string[];
      /** The person or service account behind the key; absent for the bootstrap key. */
      userId?: string | undefined;
      isService?: boolean | undefined;
      role?: string | undefined;
      /** Names that the key is confined to; absent or empty: all. */
      models?: readonly string[] | undefined;
      deployments?: readonly string[] | undefined;
    }
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
  /** Details about a person, kept apart so that they can be erased; the chain holds only their commitment. */
  personal?: { [key: string]: unknown };
}

/** A context inside a transaction. Verbs that get it join the transaction. */
export interface Tx extends Ctx {
  db: TransactionClient;
  /** Collected by `audit()`, written just before COMMIT by the outermost `withTransaction`. */
  readonly auditEntries: AuditEntry[];
  /** Run by the outermost `withTransaction` once it is committed. They must not fail. */
  readonly afterCommit: (() => void)[];
}

/** The actor as one word for records: `user:<id>`. */
export function actorName(actor: Actor): string {
  return actor.type === "anonymous" ? "anonymous" : `${actor.type}:${actor.id}`;
}

/** The id of the person or service account behind an actor: two keys of one person are one person. */
export function personOf(actor: Actor): string | undefined {
  if (actor.type === "user") return actor.id;
  return actor.type === "apiKey" ? actor.userId : undefined;
}

/** The session that asks; undefined for whoever has none. */
export function sessionOf(ctx: Pick<Ctx, "actor">): string | undefined {
  return ctx.actor.type === "user" ? ctx.actor.sessionId : undefined;
}
