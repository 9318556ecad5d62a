import { Failure } from "./failure.mjs";

export const DATABASE = "assay";
export const OWNER_ROLE = "assay_owner";
export const APP_ROLE = "assay_app";

/**
 * A connection that has its error listener (a dropped connection would end the process otherwise).
 * @param {string} url
 */
export async function connect(url) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/**
 * @param {{ user: string, password: string, port: number, database: string }} parts
 */
export function loopbackUrl({ user, password, port, database }) {
  return `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Makes what the application needs in a cluster: `assay_owner` (migrations), `assay_app` (no DDL), and the database
 * `assay`, which belongs to the owner. Idempotent; passwords are set to the given ones each time.
 *
 * @param {string} superuserUrl
 * @param {{ owner: string, app: string }} passwords
 */
export async function ensureRoles(superuserUrl, passwords) {
  const client = await connect(superuserUrl);
  try {
    for (const [role, password] of [
      [OWNER_ROLE, passwords.owner],
      [APP_ROLE, passwords.app],
    ]) {
      if (role === undefined || password === undefined) continue;
      const found = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
      const verb = found.rowCount === 0 ? "CREATE" : "ALTER";
      await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    }
    const database = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER_ROLE}`);
  } catch (error) {
    throw new Failure(
      "The roles of the database could not be made.",
      "See ASSAY_HOME/logs/postgres.log; `npm run doctor` shows the state of the database.",
      error,
    );
  } finally {
    await client.end();
  }
}
