import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";

/**
 * A migration of the code: `checksum` is the SHA-256 (hex) of migration.sql, as Prisma records it.
 * @typedef {{ name: string, sql: string, checksum: string }} LocalMigration
 */

/**
 * A row of `_prisma_migrations`.
 * @typedef {{ migration_name: string, checksum: string, finished: boolean, rolled_back: boolean, logs: string | null }} AppliedMigration
 */

/**
 * The migrations of a folder in the order of their names.
 * @param {string} folder
 * @returns {LocalMigration[]}
 */
export function readMigrations(folder) {
  const names = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = fs.readFileSync(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/**
 * What is still to be applied.
 *
 * @param {LocalMigration[]} local
 * @param {AppliedMigration[]} rows
 * @returns {LocalMigration[]} in order
 * @throws {Failure} the database is newer than the code, holds a failed migration, or was migrated with another text
 */
export function planMigrations(local, rows) {
  const applied = rows.filter((row) => !row.rolled_back);
  const known = new Map(local.map((migration) => [migration.name, migration]));

  const failed = applied.find((row) => !row.finished);
  if (failed) {
    throw new Failure(
      `Migration ${failed.migration_name} was begun and not finished${failed.logs ? `: ${failed.logs.trim()}` : "."}`,
      "Look at what it left, then tell Prisma: `npx prisma migrate resolve --rolled-back " +
        `${failed.migration_name}\` (undone) or \`--applied ${failed.migration_name}\` (completed by hand).`,
    );
  }
  const unknown = applied.filter((row) => !known.has(row.migration_name));
  if (unknown.length > 0) {
    throw new Failure(
      `The database is newer than this code: it has ${unknown.map((row) => row.migration_name).join(", ")}.`,
      "Run the newer version of Assay, or restore the backup that was made before it migrated (ASSAY_HOME/backups, " +
        "`npm run migrate -- --restore <folder>`).",
    );
  }
  const edited = applied.find((row) => known.get(row.migration_name)?.checksum !== row.checksum);
  if (edited) {
    throw new Failure(
      `Migration ${edited.migration_name} was edited after it was applied (its checksum differs).`,
      `Put its text back (git checkout prisma/migrations/${edited.migration_name}) and write a new migration instead.`,
    );
  }
  const done = new Set(applied.map((row) => row.migration_name));
  return local.filter((migration) => !done.has(migration.name));
}
