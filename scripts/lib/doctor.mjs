import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { arePagesBuilt } from "./build.mjs";
import { formatBytes, freeBytes } from "./disk.mjs";
import { Failure, messageOf } from "./failure.mjs";
import { filesUnder, readJson } from "./files.mjs";
import { homeHolder } from "./home-lock.mjs";
import { isInstalled } from "./install.mjs";
import { lastLines } from "./log-file.mjs";
import { appliedMigrations } from "./migration-ledger.mjs";
import { planMigrations, readMigrations } from "./migration-plan.mjs";
import { checkNode } from "./node-version.mjs";
import { places, ROOT } from "./paths.mjs";
import { embeddedPostgres } from "./pg-binaries.mjs";
import { runningRecord } from "./pg-lock.mjs";
import { connect, DATABASE, loopbackUrl, OWNER_ROLE } from "./pg-roles.mjs";
import { isPortFree } from "./ports.mjs";
import { hasSecret, secret } from "./secrets.mjs";

/**
 * One thing that was looked at. `warn` is worth knowing (something is not there yet); `bad` has to be put right.
 * @typedef {{ state: "ok" | "warn" | "bad", name: string, says: string, remedy?: string | undefined }} Finding
 */

const MIGRATIONS = path.join(ROOT, "prisma", "migrations");

/**
 * Looks at everything that Assay stands on. Changes nothing.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Finding[]>}
 */
export async function examine(env = process.env) {
  const { home, cache, dataDir } = places(env);
  return [
    node(),
    packages(),
    build(),
    ...folders(home, cache, dataDir),
    await postgres(home, env),
    await database(home, env),
    ...(await processes(home, env)),
    engine(home, cache),
    ...logs(home),
  ];
}

/** @returns {Finding} */
function node() {
  try {
    checkNode();
    return { state: "ok", name: "Node", says: `${process.versions.node} on ${process.platform} ${process.arch}` };
  } catch (error) {
    return fault("Node", error);
  }
}

/** @returns {Finding} */
function packages() {
  if (isInstalled()) return { state: "ok", name: "Packages", says: "as package-lock.json has them" };
  return {
    state: "warn",
    name: "Packages",
    says: "not installed, or not those of package-lock.json",
    remedy: "npm start installs them",
  };
}

/** @returns {Finding} */
function build() {
  if (arePagesBuilt()) return { state: "ok", name: "Build", says: "of these sources" };
  return {
    state: "warn",
    name: "Build",
    says: "not there, or of other sources",
    remedy: "npm start builds it (or npm run build)",
  };
}

/**
 * @param {string} home
 * @param {string} cache
 * @param {string | undefined} dataDir
 * @returns {Finding[]}
 */
function folders(home, cache, dataDir) {
  /** @type {Finding[]} */
  const findings = [];
  const size = filesUnder(path.join(home, "blobs")).reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const contents = fs.existsSync(home) ? `blobs ${formatBytes(size)}` : "not made yet";
  for (const [name, folder, says] of [
    ["State", home, contents],
    ["Cache", cache, fs.existsSync(cache) ? "engines and datasets" : "not made yet"],
  ]) {
    if (!name || !folder) continue;
    const free = freeBytes(folder);
    const tight = free < 1e9;
    findings.push({
      state: free < 200e6 ? "bad" : tight ? "warn" : "ok",
      name,
      says: `${folder} (${says}; ${formatBytes(free)} free)`,
      remedy: tight ? "Free some space, or move it: ASSAY_HOME, ASSAY_CACHE" : undefined,
    });
  }
  if (dataDir) {
    const there = fs.existsSync(path.join(dataDir, "mnist"));
    findings.push({
      state: there ? "ok" : "bad",
      name: "Data",
      says: there ? `${dataDir} (mnist)` : `ASSAY_DATA_DIR is ${dataDir}, which holds no folder mnist`,
      remedy: there
        ? undefined
        : "Point it at the folder that holds mnist/, or leave it out (MNIST is downloaded then)",
    });
  }
  return findings;
}

/**
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Finding>}
 */
async function postgres(home, env) {
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
async function database(home, env) {
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
async function processes(home, env) {
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

/**
 * @param {string} home
 * @param {string} cache
 * @returns {Finding}
 */
function engine(home, cache) {
  const status = readJson(path.join(home, "run", "engines.json"));
  const name = "Engine";
  if (status) {
    const { state, engine: which, reason } = status;
    return { state: "ok", name, says: `${which}, ${state}${reason ? `: ${reason}` : ""}` };
  }
  const tools = ["python3", "pip", "g++"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
  const kept = fs.existsSync(path.join(cache, "engines"));
  const says = kept ? "kept in the cache" : "not installed yet";
  if (tools.length === 0) return { state: "ok", name, says };
  return {
    state: "warn",
    name,
    says: `${says}; ${tools.join(", ")} missing, so training uses wasm`,
    remedy: `apt-get install ${tools.join(" ")}`,
  };
}

/**
 * @param {string} home
 * @returns {Finding[]}
 */
function logs(home) {
  const folder = path.join(home, "logs");
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".log")) : [];
  return files.map((file) => {
    const severe = lastLines(path.join(folder, file), 200).filter((line) =>
      /"level":(50|60)|\b(FATAL|PANIC):/.test(line),
    );
    const says = `${path.join(folder, file)}${severe.length > 0 ? `: ${severe.length} errors among its last lines` : ""}`;
    return {
      state: severe.length > 0 ? /** @type {const} */ ("warn") : "ok",
      name: "Log",
      says,
      remedy: severe.at(-1)?.slice(0, 400),
    };
  });
}

/**
 * @param {string} name
 * @param {unknown} error
 * @returns {Finding}
 */
function fault(name, error) {
  return { state: "bad", name, says: messageOf(error), remedy: error instanceof Failure ? error.remedy : undefined };
}
