import { APP_ROLE } from "./pg-roles.mjs";

/** The schema that BullMQ's tables and functions live in. */
export const QUEUE_SCHEMA = "bullmq";

/**
 * Brings BullMQ's own schema up to its version (one transaction, its own lock) as the owner, and lets the
 * application's role use it, so that `migrate: false` holds at run time. Idempotent.
 * @param {import("pg").Client} client
 * @returns {Promise<number>} the schema's version
 */
export async function migrateQueue(client) {
  const { runMigrations } = await import("bullmq");
  const version = await runMigrations(client, QUEUE_SCHEMA);
  const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolname <> current_user", [APP_ROLE]);
  if (role.rowCount !== 0) {
    await client.query(`GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${APP_ROLE};
      GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${APP_ROLE};
      GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${APP_ROLE};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO ${APP_ROLE};
      REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${QUEUE_SCHEMA}.migration FROM ${APP_ROLE}`);
  }
  return version;
}
