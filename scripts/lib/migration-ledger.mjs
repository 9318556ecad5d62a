import { APP_ROLE } from "./pg-roles.mjs";

/** @typedef {import("pg").Client} Client */

/** Exactly the table that Prisma makes. */
export const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Which migrations stand in the database; undefined if it was never migrated.
 * @param {Client} client
 * @returns {Promise<import("./migration-plan.mjs").AppliedMigration[] | undefined>}
 */
export async function appliedMigrations(client) {
  const table = await client.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`);
  if (!table.rows[0]?.there) return undefined;
  const { rows } = await client.query(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS rolled_back, logs
       FROM "_prisma_migrations" ORDER BY started_at, migration_name`,
  );
  return rows;
}

/**
 * The application reads which migrations ran (readiness), and writes none.
 * @param {Client} client
 */
export async function protectLedger(client) {
  const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolname <> current_user", [APP_ROLE]);
  if (role.rowCount === 0) return;
  await client.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "_prisma_migrations" FROM ${APP_ROLE}`);
  await client.query(`GRANT SELECT ON "_prisma_migrations" TO ${APP_ROLE}`);
}
