import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { databaseUrl } from "./database-url.mjs";
import { MIGRATIONS, migrateDatabase } from "./migrate.mjs";
import { ROOT } from "./paths.mjs";
import { connect } from "./pg-roles.mjs";
import { restoreBackup } from "./restore.mjs";

let url: string;
let name: string;
let folder: string;

beforeEach(async () => {
  name = `migrate_${randomBytes(6).toString("hex")}`;
  await sql(inject("postgres").superuser, `CREATE DATABASE ${name}`);
  url = on(inject("postgres").superuser);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-migrate-"));
});
afterEach(async () => {
  await sql(inject("postgres").superuser, `DROP DATABASE ${name} WITH (FORCE)`);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The same role on this test's database. */
function on(address: string): string {
  const target = new URL(address);
  target.pathname = `/${name}`;
  return target.href;
}

async function sql(address: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = await connect(address);
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A folder of migrations: the code's own first one, or those given. */
function migrations(texts: Record<string, string>): string {
  const target = path.join(folder, `migrations-${randomBytes(4).toString("hex")}`);
  for (const [migration, text] of Object.entries(texts)) {
    fs.mkdirSync(path.join(target, migration), { recursive: true });
    fs.writeFileSync(path.join(target, migration, "migration.sql"), text);
  }
  return target;
}

const TWO = { "1_first": "CREATE TABLE a (n int);", "2_second": "ALTER TABLE a ADD COLUMN m int; CREATE TABLE b ();" };
/** Without partitions: days come and go. */
const TABLES = `SELECT relname AS tablename FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`;
const tables = () => sql(url, TABLES);

describe("migrateDatabase", () => {
  test("leaves what `prisma migrate` itself would: status and deploy agree, and the tables are those of the schema", async () => {
    const { applied, total } = await migrateDatabase({ url });
    expect(applied).toHaveLength(total);
    const prisma = (...args: string[]) => {
      const env = { ...process.env, DATABASE_URL: url, MIGRATE_DATABASE_URL: url, CHECKPOINT_DISABLE: "1" };
      return spawnSync(process.execPath, [path.join(ROOT, "node_modules/prisma/build/index.js"), "migrate", ...args], {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...env, PRISMA_SCHEMA_ENGINE_BINARY: path.join(ROOT, "scripts", "prisma-engine.mjs") },
      });
    };
    const status = prisma("status");
    expect(status.stdout + status.stderr).toContain("Database schema is up to date");
    expect(status.status).toBe(0);
    const deploy = prisma("deploy");
    expect(deploy.stdout + deploy.stderr).toContain("No pending migrations to apply");
    const drift = prisma("diff", "--from-config-datasource", "--to-schema", "prisma/schema", "--exit-code");
    expect(drift.stderr + drift.stdout).not.toContain("Error");
    expect(drift.status).toBe(0);
  });

  test("applies each once, in order, also when several start at the same moment", async () => {
    const target = migrations(TWO);
    const done = await Promise.all([1, 2, 3].map(() => migrateDatabase({ url, folder: target })));
    expect(done.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 2]);
    const rows = await sql(url, 'SELECT migration_name, applied_steps_count FROM "_prisma_migrations" ORDER BY 1');
    expect(rows).toEqual([
      { migration_name: "1_first", applied_steps_count: 1 },
      { migration_name: "2_second", applied_steps_count: 1 },
    ]);
  });

  test("lets the application's role use the queue's schema and read the ledger, and write neither ledger", async () => {
    await migrateDatabase({ url });
    const app = on(inject("postgres").app);
    expect(await sql(app, 'SELECT count(*)::int AS n FROM "_prisma_migrations"')).not.toEqual([{ n: 0 }]);
    await sql(app, "SELECT 1 FROM bullmq.job LIMIT 1");
    await expect(sql(app, 'DELETE FROM "_prisma_migrations"')).rejects.toThrow(/permission denied/);
    await expect(sql(app, "DELETE FROM bullmq.migration")).rejects.toThrow(/permission denied/);
    await expect(sql(app, "CREATE TABLE bullmq.mine ()")).rejects.toThrow(/permission denied/);
  });

  test("undoes a migration that fails, whole, and goes on from there once it is corrected", async () => {
    const broken = migrations({ ...TWO, "2_second": "CREATE TABLE b (); SELECT 1 / 0;" });
    await expect(migrateDatabase({ url, folder: broken })).rejects.toThrow(
      /2_second failed and was undone: division by zero/,
    );
    expect(await tables()).toEqual([{ tablename: "_prisma_migrations" }, { tablename: "a" }]);
    const { applied } = await migrateDatabase({ url, folder: migrations(TWO) });
    expect(applied).toEqual(["2_second"]);
  });

  test("refuses a database that is newer than the code, and names what it does not know", async () => {
    await migrateDatabase({ url, folder: migrations(TWO) });
    const older = migrations({ "1_first": TWO["1_first"] });
    await expect(migrateDatabase({ url, folder: older })).rejects.toThrow(/newer than this code: it has 2_second/);
  });

  test("refuses a migration that was edited after it was applied", async () => {
    await migrateDatabase({ url, folder: migrations(TWO) });
    const edited = migrations({ ...TWO, "1_first": "CREATE TABLE a (n bigint);" });
    await expect(migrateDatabase({ url, folder: edited })).rejects.toThrow(/1_first was edited/);
  });

  test("refuses a migration that Prisma began and did not finish", async () => {
    await migrateDatabase({ url, folder: migrations(TWO) });
    await sql(
      url,
      `UPDATE "_prisma_migrations" SET finished_at = NULL, logs = 'boom' WHERE migration_name = '2_second'`,
    );
    await expect(migrateDatabase({ url, folder: migrations(TWO) })).rejects.toThrow(
      /2_second was begun and not finished: boom/,
    );
  });

  test("refuses a database with tables of somebody else, and changes nothing", async () => {
    await sql(url, "CREATE TABLE theirs ()");
    await expect(migrateDatabase({ url, folder: migrations(TWO) })).rejects.toThrow(/not Assay's \(theirs/);
    expect(await tables()).toEqual([{ tablename: "theirs" }]);
  });

  test("gives up after a while when another migration hangs", async () => {
    const other = await connect(url);
    await other.query("SELECT pg_advisory_lock(72707369)");
    await expect(migrateDatabase({ url, folder: migrations(TWO), lockPatienceMs: 200 })).rejects.toThrow(
      /Another migration/,
    );
    await other.end();
  });

  test("says which server does not answer", async () => {
    await expect(migrateDatabase({ url: "postgresql://me:pw@127.0.0.1:1/x" })).rejects.toThrow(
      /x at 127.0.0.1:1 does not answer/,
    );
  });
});

describe("a backup", () => {
  const FIRST = `
    CREATE TYPE mood AS ENUM ('calm', 'it''s "odd"');
    CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, twice text GENERATED ALWAYS AS (name || name) STORED);
    CREATE TABLE child (parent_id bigint NOT NULL REFERENCES parent, at timestamptz(3), ratio double precision, body jsonb,
      bytes bytea, tags text[], mood mood, big numeric(30, 10));
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
    CREATE TRIGGER no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON child FOR EACH STATEMENT EXECUTE FUNCTION refuse();
    INSERT INTO parent (name) VALUES ('seed');`;
  const SECOND = "ALTER TABLE child DROP COLUMN body; INSERT INTO parent (name) VALUES ('from the second migration');";

  const everything = async () => ({
    parents: await sql(url, "SELECT * FROM parent ORDER BY id"),
    children: await sql(url, "SELECT c::text FROM child c ORDER BY parent_id"),
  });

  test("is made before a database that has data is changed, and puts back every value of every type", async () => {
    const backups = path.join(folder, "backups");
    const first = await migrateDatabase({ url, folder: migrations({ "1_first": FIRST }), backups });
    expect(first.backup).toBeUndefined();
    await sql(url, "INSERT INTO parent (name) SELECT 'n' || i FROM generate_series(1, 5000) i");
    await sql(
      url,
      `INSERT INTO child VALUES (2, '2026-01-02 03:04:05.678+02', 0.1, '{"a": [1, null, "\\u00e4"]}', '\\x00ff', ARRAY['a,b', 'c"d', NULL, E'line\\nbreak\\\\'], 'it''s "odd"', 12345678901234567890.0123456789),
        (3, NULL, 'NaN', NULL, NULL, '{}', NULL, NULL), (4, 'infinity', '-Infinity', 'null', '', NULL, 'calm', 0)`,
    );
    const before = await everything();

    const both = migrations({ "1_first": FIRST, "2_second": SECOND });
    const { backup } = await migrateDatabase({ url, folder: both, backups });
    expect(backup).toContain("before-2_second");
    expect(fs.statSync(backup ?? "").mode & 0o777).toBe(0o700);
    expect(await everything()).not.toEqual(before);

    const done = await restoreBackup({ url, backup: backup ?? "" });
    expect(done.migrations).toEqual(["1_first"]);
    expect(await everything()).toEqual(before);
    // Keys, triggers, identities and the ledger are back as well.
    await expect(sql(url, "INSERT INTO child (parent_id) VALUES (99999)")).rejects.toThrow(/foreign key/);
    await expect(sql(url, "DELETE FROM child")).rejects.toThrow(/append-only/);
    expect(await sql(url, "INSERT INTO parent (name) VALUES ('next') RETURNING id::int")).toEqual([{ id: 5002 }]);
    expect((await migrateDatabase({ url, folder: both })).applied).toEqual(["2_second"]);
  });

  test("covers the product's own tables", async () => {
    await migrateDatabase({ url });
    const later = path.join(folder, "later");
    fs.cpSync(MIGRATIONS, later, { recursive: true });
    fs.mkdirSync(path.join(later, "99999999999999_later"));
    fs.writeFileSync(path.join(later, "99999999999999_later", "migration.sql"), "CREATE TABLE later ();");
    const { backup } = await migrateDatabase({ url, folder: later, backups: path.join(folder, "backups") });
    const before = await tables();
    const { tables: count } = await restoreBackup({ url, backup: backup ?? "" });
    expect(await tables()).toEqual(before.filter((row) => row["tablename"] !== "later"));
    expect(count).toBe(before.length - 1);
    expect((await migrateDatabase({ url })).applied).toEqual([]);
  });

  test("that is damaged or not whole changes nothing", async () => {
    const backups = path.join(folder, "backups");
    await migrateDatabase({ url, folder: migrations({ "1_first": TWO["1_first"] }), backups });
    await sql(url, "INSERT INTO a VALUES (1), (2)");
    const { backup = "" } = await migrateDatabase({ url, folder: migrations(TWO), backups });
    const manifest = path.join(backup, "manifest.json");
    const text = fs.readFileSync(manifest, "utf8");
    fs.writeFileSync(manifest, text.replace('"rows": 2', '"rows": 3'));
    await expect(restoreBackup({ url, backup })).rejects.toThrow(/holds 2 rows, the manifest says 3/);
    fs.rmSync(manifest);
    await expect(restoreBackup({ url, backup })).rejects.toThrow(/not a whole backup/);
    expect(await sql(url, "SELECT n, m FROM a ORDER BY n")).toEqual([
      { n: 1, m: null },
      { n: 2, m: null },
    ]);
  });

  test("is not restored under a running application", async () => {
    const backups = path.join(folder, "backups");
    await migrateDatabase({ url, folder: migrations({ "1_first": TWO["1_first"] }), backups });
    const { backup = "" } = await migrateDatabase({ url, folder: migrations(TWO), backups });
    const app = await connect(url);
    await expect(restoreBackup({ url, backup })).rejects.toThrow(/1 connections use this database/);
    await app.end();
  });

  test("that cannot be written stops the migration", async () => {
    await migrateDatabase({ url, folder: migrations({ "1_first": TWO["1_first"] }) });
    const file = path.join(folder, "a-file");
    fs.writeFileSync(file, "");
    const attempt = migrateDatabase({ url, folder: migrations(TWO), backups: path.join(file, "backups") });
    await expect(attempt).rejects.toThrow(/backup before the migration could not be written/);
    expect(await tables()).toEqual([{ tablename: "_prisma_migrations" }, { tablename: "a" }]);
  });
});

test("databaseUrl prefers the owner's address for the owner only", async () => {
  const env = {
    NODE_ENV: "test",
    DATABASE_URL: "postgresql://app@h/d",
    MIGRATE_DATABASE_URL: "postgresql://owner@h/d",
  } as const;
  expect((await databaseUrl({ home: folder, role: "owner", env })).url).toContain("owner@");
  expect((await databaseUrl({ home: folder, role: "app", env })).url).toContain("app@");
});
