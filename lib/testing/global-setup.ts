import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { migrateDatabase } from "../../scripts/lib/migrate.mjs";
import { startPostgres } from "../../scripts/lib/postgres.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection strings of the cluster; the database of `template` is migrated and nobody is connected to it. */
    postgres: { superuser: string; app: string; template: string };
  }
}

/** One real Postgres for the whole run, migrated once; each test file clones the template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), "assay-test-"));
  const postgres = await startPostgres({ home, durable: false });
  await migrateDatabase({ url: postgres.urls.owner });
  project.provide("postgres", {
    superuser: postgres.urls.superuser,
    app: postgres.urls.app,
    template: new URL(postgres.urls.owner).pathname.slice(1),
  });
  return async () => {
    await postgres.destroy();
    await rm(home, { recursive: true, force: true });
  };
}
