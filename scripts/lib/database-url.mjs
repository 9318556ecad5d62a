import { runningRecord } from "./pg-lock.mjs";
import { APP_ROLE, DATABASE, loopbackUrl, OWNER_ROLE } from "./pg-roles.mjs";
import { startPostgres } from "./postgres.mjs";
import { secret } from "./secrets.mjs";

/**
 * The address of this installation's database for a command beside the application: the environment's, else that of
 * the embedded Postgres that runs, else of one started for the command alone.
 *
 * @param {{ home: string, role: "owner" | "app", env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `close` stops a Postgres that was started for this
 */
export async function databaseUrl({ home, role, env = process.env }) {
  const given = role === "owner" ? env["MIGRATE_DATABASE_URL"] || env["DATABASE_URL"] : env["DATABASE_URL"];
  if (given) return { url: given, close: async () => undefined };
  const record = runningRecord(home);
  if (record) {
    const user = role === "owner" ? OWNER_ROLE : APP_ROLE;
    const password = secret(home, role === "owner" ? "postgres-owner" : "postgres-app");
    const url = loopbackUrl({ user, password, port: record.port, database: DATABASE });
    return { url, close: async () => undefined };
  }
  const postgres = await startPostgres({ home });
  return { url: postgres.urls[role], close: postgres.stop };
}
