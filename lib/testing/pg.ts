import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "vitest";
import { SCOPES } from "#lib/auth/scopes.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import type { Db } from "#lib/platform/db.ts";
import { parseEnv, ServerEnv } from "#lib/platform/env.ts";
import { newId } from "#lib/platform/ids.ts";
import { closeRuntime, makeCtx, openRuntime, type Runtime } from "#lib/platform/runtime.ts";
import { cloneDatabase, type TestDatabase } from "#lib/testing/database.ts";

/** What only this test file has: a database, a home folder, a runtime on both. */
interface FileFixture {
  database: TestDatabase;
  home: string;
  runtime: Runtime;
}

interface Make {
  /** A context of an admin in a project of its own, signed in just now. */
  ctx(options?: { scopes?: string[]; projectId?: string; actor?: Actor }): Promise<Ctx>;
  /** A context of an API key with just these scopes, in this test's project unless told otherwise. */
  apiKeyCtx(options: { scopes: string[]; projectId?: string }): Promise<Ctx>;
}

interface Fixtures {
  runtime: Runtime;
  db: Db;
  ctx: Ctx;
  make: Make;
  home: string;
}

/** The environment of a test's server, on this file's database and home. */
export function testEnv(database: { url: string }, home: string, more: Record<string, string> = {}): ServerEnv {
  return parseEnv(ServerEnv, {
    NODE_ENV: "test",
    DATABASE_URL: database.url,
    ASSAY_HOME: home,
    ASSAY_CACHE: join(home, "cache"),
    ASSAY_DATA_DIR: process.env["ASSAY_DATA_DIR"],
    ASSAY_LOG_LEVEL: process.env["ASSAY_LOG_LEVEL"] ?? "fatal",
    ASSAY_DB_POOL: "4",
    ASSAY_SECRET: "test-secret-of-at-least-32-characters",
    ...more,
  });
}

/**
 * A test on a real Postgres: a clone of the migrated template database per file, a project per test, the
 * application's own role. Nothing is mocked.
 */
export const pgTest = base.extend<Fixtures & { file: FileFixture }>({
  file: [
    async ({}, use) => {
      const database = await cloneDatabase();
      const home = await mkdtemp(join(tmpdir(), "assay-home-"));
      const runtime = openRuntime(testEnv(database, home), { name: "test" });
      await use({ database, home, runtime });
      await closeRuntime();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
    { scope: "file" },
  ],
  runtime: async ({ file }, use) => use(file.runtime),
  db: async ({ file }, use) => use(file.runtime.db),
  home: async ({ file }, use) => use(file.home),
  ctx: async ({ make }, use) => use(await make.ctx()),
  make: async ({ file }, use) => {
    const { runtime } = file;
    const projectId = newId("prj");
    await runtime.db.project.create({ data: { id: projectId, name: projectId } });
    await use({
      async ctx(options = {}) {
        const scopes = options.scopes ?? [...SCOPES];
        const actor: Actor = options.actor ?? {
          type: "user",
          id: newId("usr"),
          email: "tester@example.org",
          name: "Tester",
          scopes,
          authenticatedAt: new Date(),
        };
        return makeCtx(runtime, { actor, projectId: options.projectId ?? projectId });
      },
      async apiKeyCtx(options) {
        const actor: Actor = { type: "apiKey", id: newId("key"), name: "test key", scopes: options.scopes };
        return makeCtx(runtime, { actor, projectId: options.projectId ?? projectId });
      },
    });
  },
});
