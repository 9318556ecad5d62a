import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { createGunzip } from "node:zlib";
import { recordRestore } from "./audit-anchors.mjs";
import { Failure, messageOf } from "./failure.mjs";
import { readJson } from "./files.mjs";
import { LEDGER } from "./migration-ledger.mjs";
import { readMigrations } from "./migration-plan.mjs";
import { connect } from "./pg-roles.mjs";
import { migrateQueue, QUEUE_SCHEMA } from "./queue-schema.mjs";

const ROWS_AT_ONCE = 1_000;

/**
 * Replaces what the database holds by a backup: its migrations are applied anew, its rows put in. All in one
 * transaction: on any fault the database stays as it is. The queue is emptied.
 *
 * @param {{ url: string, backup: string, anchors?: string }} options `url`: the owner's; `backup`: a folder that `backUp`
 *   made; `anchors`: the file that the audit log is anchored in, so that the log can say what was lost
 * @returns {Promise<{ tables: number, rows: number, migrations: string[] }>}
 * @throws {Failure} not a whole backup; somebody is connected; the rows do not fit
 */
export async function restoreBackup({ url, backup, anchors }) {
  const manifest = readManifest(backup);
  const client = await connect(url);
  try {
    const others = await client.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    if (others.rows[0]?.n > 0) {
      throw new Failure(
        `${others.rows[0].n} connections use this database.`,
        "Stop the server and the workers, then restore.",
      );
    }
    await client.query("BEGIN");
    const rows = await replaceAll(client, backup, manifest);
    if (anchors !== undefined) await recordRestore(client, { anchors, backup: path.basename(backup) });
    await client.query("COMMIT");
    await migrateQueue(client);
    return { tables: manifest.tables.length, rows, migrations: manifest.migrations };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `The backup could not be restored: ${messageOf(error)}`,
      "The database is as it was. Check that the backup is whole and that the role owns the database.",
      error,
    );
  } finally {
    await client.end();
  }
}

/**
 * @param {import("pg").Client} client
 * @param {string} backup
 * @param {import("./backup.mjs").BackupManifest} manifest
 */
async function replaceAll(client, backup, manifest) {
  await client.query(`DROP SCHEMA IF EXISTS ${QUEUE_SCHEMA} CASCADE`);
  await client.query("DROP SCHEMA public CASCADE");
  await client.query("CREATE SCHEMA public");
  await client.query("GRANT USAGE ON SCHEMA public TO PUBLIC");
  // The ledger is in the backup like any other table; its shape is Prisma's and never changes.
  await client.query(LEDGER);
  for (const migration of readMigrations(path.join(backup, "migrations"))) await client.query(migration.sql);

  // Without foreign keys and triggers while rows go in: tables refer to each other, and records refuse changes.
  const keys = await client.query(
    `SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
  );
  for (const key of keys.rows) await client.query(`ALTER TABLE ${key.table} DROP CONSTRAINT ${key.name}`);
  let rows = 0;
  for (const table of manifest.tables) {
    const name = client.escapeIdentifier(table.name);
    await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER; TRUNCATE ${name}`);
    rows += await loadTable(client, table, path.join(backup, table.file));
    await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  }
  for (const key of keys.rows) {
    await client.query(`ALTER TABLE ${key.table} ADD CONSTRAINT ${key.name} ${key.definition}`);
  }
  for (const { name, lastValue } of manifest.sequences) {
    if (lastValue !== null) await client.query("SELECT setval($1::regclass, $2::bigint)", [`"${name}"`, lastValue]);
  }
  return rows;
}

/**
 * @param {import("pg").Client} client
 * @param {import("./backup.mjs").BackupManifest["tables"][number]} table
 * @param {string} file
 */
async function loadTable(client, table, file) {
  const name = client.escapeIdentifier(table.name);
  const columns = table.columns.map((column) => client.escapeIdentifier(column));
  const insert = `INSERT INTO ${name} (${columns.join(", ")}) OVERRIDING SYSTEM VALUE
    SELECT ${columns.map((column) => `(r).${column}`).join(", ")} FROM (SELECT unnest($1::text[])::${name} AS r) AS rows`;
  let count = 0;
  /** @type {string[]} */
  let batch = [];
  const flush = async () => {
    if (batch.length > 0) await client.query(insert, [batch]);
    count += batch.length;
    batch = [];
  };
  const input = fs.createReadStream(file).pipe(createGunzip());
  for await (const line of readline.createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    batch.push(JSON.parse(line));
    if (batch.length === ROWS_AT_ONCE) await flush();
  }
  await flush();
  if (count !== table.rows) {
    throw new Failure(
      `${file} holds ${count} rows, the manifest says ${table.rows}.`,
      "The backup is damaged; use another one. The database is as it was.",
    );
  }
  return count;
}

/**
 * @param {string} backup
 */
function readManifest(backup) {
  const manifest = readJson(path.join(backup, "manifest.json"));
  if (isManifest(manifest)) return manifest;
  throw new Failure(
    `${backup} is not a whole backup: it has no manifest that can be read.`,
    "Name one of the folders in ASSAY_HOME/backups that holds a manifest.json.",
  );
}

/**
 * @param {object | undefined} value
 * @returns {value is import("./backup.mjs").BackupManifest}
 */
function isManifest(value) {
  if (value === undefined || !("format" in value) || value.format !== 1) return false;
  return "tables" in value && Array.isArray(value.tables) && "sequences" in value && Array.isArray(value.sequences);
}
