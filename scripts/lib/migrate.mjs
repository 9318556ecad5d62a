import { randomUUID } from "node:crypto";
import path from "node:path";
import { backUp } from "./backup.mjs";
import { codeOf, Failure, messageOf } from "./failure.mjs";
import { appliedMigrations, LEDGER, protectLedger } from "./migration-ledger.mjs";
import { planMigrations, readMigrations } from "./migration-plan.mjs";
import { ROOT } from "./paths.mjs";
import { connect } from "./pg-roles.mjs";
import { migrateQueue } from "./queue-schema.mjs";

/** @typedef {import("pg").Client} Client */

export const MIGRATIONS = path.join(ROOT, "prisma", "migrations");

/** The advisory lock that Prisma's own `migrate` takes, so that the two never run at once. */
const PRISMA_LOCK = 72707369;

/**
 * Brings a database up to the code's migrations, then BullMQ's schema. Needs no schema engine; `prisma migrate
 * status` and `deploy` agree with what it leaves. Each migration is one transaction: it is applied whole or not at
 * all. Waits (`lockPatienceMs`) while another runs.
 *
 * @param {object} options
 * @param {string} options.url a role that owns the database (MIGRATE_DATABASE_URL)
 * @param {string} [options.folder] default prisma/migrations
 * @param {string} [options.backups] folder for a backup before a database that has migrations is changed; none: no backup
 * @param {(line: string) => void} [options.log]
 * @param {number} [options.lockPatienceMs]
 * @returns {Promise<{ applied: string[], total: number, backup: string | undefined }>}
 * @throws {Failure} database newer than the code, edited or failed migration, foreign tables, SQL error
 */
export async function migrateDatabase({
  url,
  folder = MIGRATIONS,
  backups,
  log = () => undefined,
  lockPatienceMs = 60_000,
}) {
  const client = await connectOrFail(url);
  try {
    await lock(client, lockPatienceMs);
    const local = readMigrations(folder);
    const rows = await appliedMigrations(client);
    const pending = planMigrations(local, rows ?? []);
    if (rows === undefined) await refuseForeignTables(client);

    const backup =
      backups && rows && rows.length > 0 && pending[0]
        ? await backUp(client, { folder: backups, reason: `before-${pending[0].name}`, migrations: folder })
        : undefined;
    if (backup) log(`backup: ${backup}`);

    await client.query(LEDGER);
    for (const migration of pending) {
      await apply(client, migration);
      log(`applied ${migration.name}`);
    }
    await protectLedger(client);
    await migrateQueue(client);
    return { applied: pending.map((migration) => migration.name), total: local.length, backup };
  } finally {
    await client.end();
  }
}

/**
 * @param {Client} client
 * @param {import("./migration-plan.mjs").LocalMigration} migration
 */
async function apply(client, migration) {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, started_at, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), clock_timestamp(), $3, 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    const full = codeOf(error) === "53100";
    throw new Failure(
      `Migration ${migration.name} failed and was undone: ${messageOf(error)}`,
      full
        ? "The disk is full: free some space and start again."
        : "The database is as it was before. Report this with the message above, or run the version you had.",
      error,
    );
  }
}

/**
 * @param {Client} client
 * @param {number} patienceMs
 */
async function lock(client, patienceMs) {
  await client.query(`SET lock_timeout = ${Math.round(patienceMs)}`);
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
  } catch (error) {
    if (codeOf(error) !== "55P03") throw error;
    throw new Failure(
      `Another migration of this database has been running for ${Math.round(patienceMs / 1000)} s.`,
      "Wait for it, or end it if it hangs (pg_locks, locktype advisory), and start again.",
      error,
    );
  }
  await client.query("SET lock_timeout = 0");
}

/**
 * @param {Client} client
 */
async function refuseForeignTables(client) {
  const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' LIMIT 3");
  if (rows.length === 0) return;
  throw new Failure(
    `The database holds tables that are not Assay's (${rows.map((row) => row.tablename).join(", ")}, ...).`,
    "Give Assay a database of its own: CREATE DATABASE assay OWNER assay_owner.",
  );
}

/**
 * @param {string} url
 */
async function connectOrFail(url) {
  try {
    return await connect(url);
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new Failure(
      `The database ${pathname.slice(1)} at ${host} does not answer: ${messageOf(error) || codeOf(error)}`,
      "Check MIGRATE_DATABASE_URL (or DATABASE_URL), that the server runs, and that the password is right.",
      error,
    );
  }
}
