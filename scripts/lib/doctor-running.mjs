import path from "node:path";
import { formatBytes } from "./disk.mjs";
import { fault } from "./doctor-fault.mjs";
import { Failure, messageOf } from "./failure.mjs";
import { homeHolder } from "./home-lock.mjs";
import { appliedMigrations } from "./migration-ledger.mjs";
import { planMigrations, readMigrations } from "./migration-plan.mjs";
import { ROOT } from "./paths.mjs";
import { embeddedPostgres } from "./pg-binaries.mjs";
import { runningRecord } from "./pg-lock.mjs";
import { connect, DATABASE, loopbackUrl, OWNER_ROLE } from "./pg-roles.mjs";
import { isPortFree } from "./ports.mjs";
import { hasSecret, secret } from "./secrets.mjs";

/** @typedef {import("./doctor.mjs").Finding} Finding */

const MIGRATIONS = path.join(ROOT, "prisma", "migrations");

/**
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Finding>}
 */
export async function postgres(home, env) {
  const name = "Postgres";
  if (env["DATABASE_URL"]) return { state: "ok", name, says: `yours, at ${new URL(env["DATABASE_URL"]).host}` };
  let version;
  try {
    ({ version } = embeddedPostgres());
  } catch (error) {
    return fault(name, error);
  }
  const record = runningRecord(home);
  if (!record) return { state: "ok", name, says: `embedded ${version}, not running` };
  const owner = Number.parseInt(record.owner, 10);
  const says = `embedded ${version}, process ${record.pid}, port ${record.port}, data in ${record.data}`;
  if (homeHolder(home)) return { state: "ok", name, says };
  return {
    state: "warn",
    name,
    says: `${says}; started by process ${owner}, which is not \`npm start\``,
    remedy: "The next npm start ends it",
  };
}

/**
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Finding>}
 */
export async function database(home, env) {
  const name = "Database";
  const url = ownerUrl(home, env);
  if (!url) return { state: "ok", name, says: hasSecret(home, "postgres-owner") ? "asleep" : "not made yet" };
  try {
    const client = await connect(url);
    try {
      const rows = await appliedMigrations(client);
      const local = readMigrations(MIGRATIONS);
      const pending = planMigrations(local, rows ?? []);
      const size = await client.query("SELECT pg_database_size(current_database())::float8 AS bytes");
      const says = `${local.length - pending.length} of ${local.length} migrations, ${formatBytes(size.rows[0]?.bytes ?? 0)}`;
      if (pending.length === 0) return { state: "ok", name, says };
      return { state: "warn", name, says, remedy: "npm start applies them (or npm run migrate)" };
    } finally {
      await client.end();
    }
  } catch (error) {
    if (error instanceof Failure) return fault(name, error);
    return {
      state: "bad",
      name,
      says: `does not answer: ${messageOf(error)}`,
      remedy: "Check DATABASE_URL and that the server runs; the log is below",
    };
  }
}

/**
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 */
function ownerUrl(home, env) {
  const given = env["MIGRATE_DATABASE_URL"] || env["DATABASE_URL"];
  if (given) return given;
  const record = runningRecord(home);
  if (!record) return undefined;
  return loopbackUrl({
    user: OWNER_ROLE,
    password: secret(home, "postgres-owner"),
    port: record.port,
    database: DATABASE,
  });
}

/**
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Finding[]>}
 */
export async function processes(home, env) {
  const holder = homeHolder(home);
  if (!holder) {
    const port = Number(env["PORT"] || 3000);
    const free = await isPortFree(port, env["HOST"] || "127.0.0.1").catch(() => false);
    /** @type {Finding} */
    const stopped = { state: "ok", name: "Assay", says: "not running", remedy: "npm start" };
    if (free) return [stopped];
    return [
      stopped,
      { state: "bad", name: "Port", says: `${port} is taken by another program`, remedy: `PORT=${port + 1} npm start` },
    ];
  }
  /** @type {Finding[]} */
  const findings = [{ state: "ok", name: "Assay", says: `runs at ${holder.address} (process ${holder.pid})` }];
  try {
    const reply = await fetch(`${holder.address}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    /** @type {{ checks?: Record<string, { state: string, detail: string }> }} */
    const { checks = {} } = await reply.json();
    for (const [name, { state, detail }] of Object.entries(checks)) {
      findings.push({ state: state === "ok" ? "ok" : "warn", name: `  ${name}`, says: detail });
    }
  } catch (error) {
    findings.push({
      state: "bad",
      name: "Server",
      says: `does not answer: ${messageOf(error)}`,
      remedy: "See server.log below",
    });
  }
  return findings;
}
