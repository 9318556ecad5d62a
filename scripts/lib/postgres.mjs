import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { makeHome } from "./files.mjs";
import { guard } from "./guard.mjs";
import { embeddedPostgres, linkLibraries } from "./pg-binaries.mjs";
import { endPostgres, freeDataFolder, removeRecord, writeRecord } from "./pg-lock.mjs";
import { holdsCluster, placePostgres } from "./pg-place.mjs";
import { identity, initCluster, launch, syncCluster } from "./pg-process.mjs";
import { APP_ROLE, DATABASE, ensureRoles, loopbackUrl, OWNER_ROLE } from "./pg-roles.mjs";
import { freePort, isPortFree } from "./ports.mjs";
import { hasSecret, instanceId, secret } from "./secrets.mjs";

/**
 * A Postgres that runs.
 * - `urls.superuser`: role `postgres`, database `postgres` (tests: templates, clones)
 * - `urls.owner`: role `assay_owner`, database `assay` (MIGRATE_DATABASE_URL)
 * - `urls.app`: role `assay_app`, database `assay` (DATABASE_URL)
 * - `fresh`: the cluster was made by this start
 * - `stop(patienceMs)`: fast shutdown, after `patienceMs` (default 10 s) an immediate one (recovery at the next start);
 *   resolves when it is gone. `destroy()`: stop, and remove its data.
 * - `exited`: resolves when postgres is gone, `expected` if by `stop`
 *
 * @typedef {object} RunningPostgres
 * @property {number} pid
 * @property {number} port
 * @property {string} dataDir
 * @property {boolean} fresh
 * @property {{ superuser: string, owner: string, app: string }} urls
 * @property {(patienceMs?: number) => Promise<void>} stop
 * @property {() => Promise<void>} destroy
 * @property {Promise<{ expected: boolean }>} exited
 */

/** Errors of a lock that the last Postgres's ending processes still hold; they go within seconds. */
const LOCKED = /lock file .* already exists|pre-existing shared memory block|Address already in use|could not bind/i;
const LOCK_PATIENCE_MS = 20_000;

/**
 * Starts this home's embedded Postgres on a free port of the loopback, making the cluster, the roles and the database
 * on first use. Ends an orphan of an earlier start first. Works as root (through an unprivileged user) and not.
 *
 * @param {object} options
 * @param {string} options.home state folder (absolute); passwords go to `home/secrets`, data to `home/postgres`
 * @param {boolean} [options.durable] false for tests: fsync off
 * @param {(text: string) => void} [options.log] what Postgres writes, and what we do about it
 * @param {number} [options.port] taken if it is free, else another
 * @param {AbortSignal} [options.signal] breaks the start off; nothing is left running then
 * @param {string} [options.root] the folder that holds node_modules
 * @param {string} [options.outsideRoot] default /var/lib/assay: where data goes that the user cannot reach in the home
 * @returns {Promise<RunningPostgres>}
 * @throws {Failure} with the remedy
 */
export async function startPostgres(options) {
  const { home, durable = true, log = () => undefined, port: wanted, signal, root, outsideRoot } = options;
  makeHome(home);
  const { native, version } = embeddedPostgres(root);
  linkLibraries(native);
  const place = placePostgres({ home, native, version, ...(outsideRoot ? { outsideRoot } : {}) });
  fs.mkdirSync(place.data, { recursive: true, mode: 0o700 });

  await freeDataFolder(home, place.data, (line) => log(`${line}\n`));
  const fresh = !holdsCluster(place.data);
  if (!fresh && !hasSecret(home, "postgres-superuser")) {
    throw new Failure(
      `The password of the database in ${place.data} is gone (${path.join(home, "secrets", "postgres-superuser")}).`,
      "Put the secrets folder back from your backup; or move the data folder away to start with an empty database.",
    );
  }
  const passwords = {
    superuser: secret(home, "postgres-superuser"),
    owner: secret(home, "postgres-owner"),
    app: secret(home, "postgres-app"),
  };
  if (fresh) await initCluster(place, passwords.superuser);

  const { child, port } = await launchPatiently(place, { wanted, durable, log, signal });
  const pid = child.pid ?? 0;
  const callOff = guard(pid, "INT", identity(place));
  writeRecord(home, pid, port, place.data);

  let stopping = false;
  const exited = new Promise((/** @type {(how: { expected: boolean }) => void} */ resolve) => {
    child.on("exit", () => resolve({ expected: stopping }));
  });
  const stop = async (/** @type {number} */ patienceMs = 10_000) => {
    stopping = true;
    if (child.exitCode === null && child.signalCode === null) await endPostgres(pid, patienceMs);
    await exited;
    callOff();
    removeRecord(home);
  };
  const destroy = async () => {
    await stop();
    fs.rmSync(place.data, { recursive: true, force: true });
    if (place.outside?.endsWith(instanceId(home))) fs.rmSync(place.outside, { recursive: true, force: true });
  };

  const url = (/** @type {string} */ user, /** @type {string} */ password, /** @type {string} */ database) =>
    loopbackUrl({ user, password, port, database });
  const urls = {
    superuser: url("postgres", passwords.superuser, "postgres"),
    owner: url(OWNER_ROLE, passwords.owner, DATABASE),
    app: url(APP_ROLE, passwords.app, DATABASE),
  };
  try {
    await ensureRoles(urls.superuser, passwords);
  } catch (error) {
    await stop();
    throw error;
  }
  if (fresh && durable) syncCluster(place).catch((error) => log(`${error.message}\n`));
  return { pid, port, dataDir: place.data, fresh, urls, stop, destroy, exited };
}

/**
 * Launches, and tries again while the lock of the last one is going away or the port was taken in between.
 * @param {import("./pg-place.mjs").PostgresPlace} place
 * @param {{ wanted: number | undefined, durable: boolean, log: (text: string) => void, signal: AbortSignal | undefined }} options
 */
async function launchPatiently(place, { wanted, durable, log, signal }) {
  const end = Date.now() + LOCK_PATIENCE_MS;
  for (let attempt = 0; ; attempt += 1) {
    const port = attempt === 0 && wanted && (await isPortFree(wanted)) ? wanted : await freePort();
    const result = await launch(place, { port, durable, log, ...(signal ? { signal } : {}) });
    if ("child" in result) return { child: result.child, port };
    signal?.throwIfAborted();
    if (LOCKED.test(result.failed) && Date.now() < end) {
      await sleep(400);
      continue;
    }
    const locked = LOCKED.test(result.failed);
    throw new Failure(
      `Postgres did not start: ${result.failed}`,
      locked
        ? `Another Postgres holds ${place.data}. If none runs, delete ${path.join(place.data, "postmaster.pid")} and start again.`
        : /No space left/.test(result.failed)
          ? "The disk is full: free some space and start again. Nothing that was committed is lost."
          : "See ASSAY_HOME/logs/postgres.log, or point DATABASE_URL at a Postgres server of your own.",
    );
  }
}
