import fs from "node:fs";
import path from "node:path";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { codeOf, Failure, messageOf } from "./failure.mjs";

/**
 * A backup is a folder: `manifest.json`, `migrations/` (the SQL that made the tables), and one file per table, gzip
 * of one JSON string a line, each the row in Postgres's own composite text form, which loses nothing of any type.
 * (The embedded Postgres has no pg_dump.) It holds the application's tables, not the queue's.
 *
 * @typedef {object} BackupManifest
 * @property {1} format
 * @property {string} createdAt ISO 8601, UTC
 * @property {string} database
 * @property {string[]} migrations names, in order
 * @property {{ name: string, columns: string[], rows: number, file: string }[]} tables columns without generated ones
 * @property {{ name: string, lastValue: string | null }[]} sequences null: never used
 */

const ROWS_AT_ONCE = 2_000;

/**
 * Copies the application's tables as of one moment (a read-only repeatable-read transaction).
 *
 * @param {import("pg").Client} client
 * @param {{ folder: string, reason: string, migrations: string }} options `folder`: where backups are kept; `migrations`:
 *   the folder with the SQL
 * @returns {Promise<string>} the new backup's folder
 * @throws {Failure} disk full or not writable: nothing was changed
 */
export async function backUp(client, { folder, reason, migrations }) {
  const createdAt = new Date().toISOString();
  const target = path.join(folder, `${createdAt.replaceAll(":", "-").slice(0, 19)}-${reason}`);
  try {
    fs.mkdirSync(target, { recursive: true, mode: 0o700 });
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const names = await client.query(
      `SELECT migration_name AS name FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY migration_name`,
    );
    for (const { name } of names.rows) {
      fs.cpSync(path.join(migrations, name), path.join(target, "migrations", name), { recursive: true });
    }
    const tables = [];
    for (const { name, columns } of await listTables(client)) {
      const file = `${name}.rows.gz`;
      tables.push({ name, columns, file, rows: await writeTable(client, name, path.join(target, file)) });
    }
    const sequences = await client.query(
      `SELECT sequencename AS name, last_value::text AS "lastValue" FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
    );
    /** @type {BackupManifest} */
    const manifest = {
      format: 1,
      createdAt,
      database: client.database ?? "",
      migrations: names.rows.map((row) => row.name),
      tables,
      sequences: sequences.rows,
    };
    // Last, so that a backup that was cut short has no manifest and is never taken for a whole one.
    fs.writeFileSync(path.join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    return target;
  } catch (error) {
    if (fs.existsSync(target)) fs.rmSync(target, { recursive: true });
    throw new Failure(
      `The backup before the migration could not be written: ${messageOf(error)}`,
      codeOf(error) === "ENOSPC"
        ? `The disk of ${folder} is full: free some space and start again. The database was not changed.`
        : `Make ${folder} writable and start again. The database was not changed.`,
      error,
    );
  } finally {
    await client.query("ROLLBACK");
  }
}

/**
 * @param {import("pg").Client} client
 * @returns {Promise<{ name: string, columns: string[] }[]>}
 */
async function listTables(client) {
  const { rows } = await client.query(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0
        AND NOT a.attisdropped AND a.attgenerated = ''
      GROUP BY c.relname ORDER BY c.relname`,
  );
  return rows;
}

/**
 * @param {import("pg").Client} client
 * @param {string} name
 * @param {string} file
 * @returns {Promise<number>} rows written
 */
async function writeTable(client, name, file) {
  const zip = createGzip({ level: 6 });
  const out = fs.createWriteStream(file, { mode: 0o600 });
  const written = finished(zip.pipe(out));
  // A disk that fills up is reported once the stream is awaited, not as an unhandled rejection before.
  written.catch(() => undefined);
  let count = 0;
  await client.query(
    `DECLARE backup NO SCROLL CURSOR FOR SELECT t::text AS row FROM ${client.escapeIdentifier(name)} t`,
  );
  for (;;) {
    const { rows } = await client.query(`FETCH ${ROWS_AT_ONCE} FROM backup`);
    if (rows.length === 0 || out.destroyed) break;
    count += rows.length;
    const more = zip.write(rows.map((row) => `${JSON.stringify(row.row)}\n`).join(""));
    if (!more) await Promise.race([new Promise((resolve) => zip.once("drain", resolve)), written]);
  }
  zip.end();
  await written;
  await client.query("CLOSE backup");
  return count;
}
