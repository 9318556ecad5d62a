import { join } from "node:path";
import type pg from "pg";
import { type BlobStore, createDiskBlobStore } from "#lib/platform/blob.ts";
import { type Clock, systemClock } from "#lib/platform/clock.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { type Db, openDatabase } from "#lib/platform/db.ts";
import type { BaseEnv, ServerEnv, WorkerEnv } from "#lib/platform/env.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLogger, type Logger } from "#lib/platform/logger.ts";
import { createRegistry, type Registry } from "#lib/platform/metrics.ts";
import { createNotifyHub, type NotifyHub } from "#lib/platform/notify.ts";

/** Everything of which a process has one. */
export interface Runtime {
  env: BaseEnv | ServerEnv | WorkerEnv;
  db: Db;
  pool: pg.Pool;
  clock: Clock;
  logger: Logger;
  blobs: BlobStore;
  metrics: Registry;
  notify: NotifyHub;
  /** When this process began. */
  startedAt: Date;
  /** One object per name and process, made on first use: caches, sessions, queues of the rooms. */
  singleton<T>(name: string, make: () => T): T;
  /** Runs on {@link closeRuntime}, last added first. */
  onClose(close: () => Promise<void> | void): void;
}

interface Holder {
  runtime?: Runtime;
  closers?: (() => Promise<void> | void)[];
}

// Next bundles lib/ apart from server/: a module-level variable would exist twice in one process.
const KEY = Symbol.for("assay.runtime");
const shared = globalThis as typeof globalThis & { [KEY]?: Holder };
shared[KEY] ??= {};
const holder: Holder = shared[KEY];

/** Opens the process's runtime. The host calls it once, before anything else. */
export function openRuntime(env: Runtime["env"], options: { name: string; clock?: Clock }): Runtime {
  if (holder.runtime !== undefined) {
    throw new Error("the runtime is open already");
  }
  const logger = createLogger({ level: env.ASSAY_LOG_LEVEL, name: options.name });
  const { db, pool } = openDatabase({ url: env.DATABASE_URL, maxConnections: env.ASSAY_DB_POOL });
  const singletons = new Map<string, unknown>();
  const closers: (() => Promise<void> | void)[] = [];
  const runtime: Runtime = {
    env,
    db,
    pool,
    clock: options.clock ?? systemClock,
    logger,
    blobs: createDiskBlobStore(join(env.ASSAY_HOME, "blobs")),
    metrics: createRegistry(),
    notify: createNotifyHub(env.DATABASE_URL, logger),
    startedAt: new Date(),
    singleton<T>(name: string, make: () => T): T {
      if (!singletons.has(name)) {
        singletons.set(name, make());
      }
      return singletons.get(name) as T;
    },
    onClose: (close) => void closers.push(close),
  };
  holder.runtime = runtime;
  holder.closers = closers;
  return runtime;
}

/** @throws Error before the host opened it */
export function getRuntime(): Runtime {
  if (holder.runtime === undefined) {
    throw new Error("the runtime is not open: server/main.ts, workers/main.ts or instrumentation.ts opens it");
  }
  return holder.runtime;
}

export function hasRuntime(): boolean {
  return holder.runtime !== undefined;
}

/** Ends what the rooms opened, then the connections. */
export async function closeRuntime(): Promise<void> {
  const { runtime, closers = [] } = holder;
  if (runtime === undefined) {
    return;
  }
  delete holder.runtime;
  for (const close of closers.reverse()) {
    await close();
  }
  await runtime.notify.close();
  await runtime.db.$disconnect();
  await runtime.pool.end();
}

/** A context on the process's runtime. */
export function makeCtx(
  runtime: Runtime,
  who: { actor: Actor; projectId?: string; requestId?: string; ip?: string | undefined },
): Ctx {
  const requestId = who.requestId ?? newId("req");
  let logger: Logger | undefined;
  return {
    db: runtime.db,
    pool: runtime.pool,
    actor: who.actor,
    projectId: who.projectId ?? "default",
    requestId,
    ip: who.ip,
    clock: runtime.clock,
    // Made when first used: most requests log nothing of their own.
    get logger() {
      logger ??= runtime.logger.child({ requestId });
      return logger;
    },
    blobs: runtime.blobs,
  };
}
