#!/usr/bin/env node
import path from "node:path";
import { parseArgs } from "node:util";
import { anchorFile } from "./lib/audit-anchors.mjs";
import { run } from "./lib/console.mjs";
import { databaseUrl } from "./lib/database-url.mjs";
import { loadEnvFile } from "./lib/env-file.mjs";
import { migrateDatabase } from "./lib/migrate.mjs";
import { places, resolvePath } from "./lib/paths.mjs";
import { restoreBackup } from "./lib/restore.mjs";

/**
 * `npm run migrate`: applies what is pending. `npm run migrate -- --restore <folder>`: puts a backup back.
 * Connects by MIGRATE_DATABASE_URL, else DATABASE_URL, else to this home's embedded Postgres (started for it if need be).
 */
run(async () => {
  loadEnvFile();
  const { values } = parseArgs({ options: { restore: { type: "string" } } });
  const { home } = places();
  const database = await databaseUrl({ home, role: "owner" });
  try {
    if (values.restore) {
      const backup = resolvePath(values.restore);
      const done = await restoreBackup({ url: database.url, backup, anchors: anchorFile(home) });
      console.log(`Restored ${done.rows} rows into ${done.tables} tables (as of ${done.migrations.at(-1)}).`);
      return;
    }
    const backups = path.join(home, "backups");
    const { applied, total } = await migrateDatabase({ url: database.url, backups, log: (line) => console.log(line) });
    console.log(applied.length > 0 ? `${applied.length} of ${total} applied.` : `Up to date (${total} migrations).`);
  } finally {
    await database.close();
  }
});
