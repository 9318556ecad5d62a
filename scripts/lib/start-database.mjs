import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, messageOf } from "./failure.mjs";
import { migrateDatabase } from "./migrate.mjs";
import { connect } from "./pg-roles.mjs";
import { startPostgres } from "./postgres.mjs";

/** From SIGTERM to nothing left are 4 s; Postgres's part, before it is told to stop at once and recover later. */
const STOP_PATIENCE_MS = 1_000;
const RESTARTS = 5;
/** After this long without a crash they are counted anew. */
const CALM_MS = 10 * 60_000;

/**
 * @typedef {object} StartDatabase
 * @property {boolean} embedded
 * @property {() => string} url for the application (it changes when Postgres had to move to another port)
 * @property {boolean} firstBoot nobody has an account yet: the server will make the first admin
 * @property {() => Promise<void>} stop
 */

/**
 * The database, migrated: that of DATABASE_URL, else the embedded one, which is started again should it crash.
 *
 * @param {object} options
 * @param {string} options.home
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(text: string) => void} options.log Postgres's own words
 * @param {(line: string) => void} options.note what a person should read
 * @param {(detail: string) => void} options.say
 * @param {AbortSignal} options.signal
 * @param {() => void} options.onMoved Postgres came back on another port
 * @param {(error: unknown) => void} options.onLost Postgres does not come back
 * @returns {Promise<StartDatabase>}
 */
export async function startDatabase({ home, env, log, note, say, signal, onMoved, onLost }) {
  const backups = path.join(home, "backups");
  const given = env["DATABASE_URL"];
  if (given) {
    const owner = env["MIGRATE_DATABASE_URL"] || given;
    say("migrations");
    const done = await migrateDatabase({ url: owner, backups, log: note });
    say(`${new URL(given).host}, ${described(done)}`);
    return { embedded: false, url: () => given, firstBoot: await isFirstBoot(owner), stop: async () => {} };
  }

  say("starting Postgres");
  let postgres = await startPostgres({ home, log, signal });
  const stopping = new AbortController();
  /** @type {Promise<void>} what goes on after a crash */
  let recovery = Promise.resolve();
  let restarts = 0;
  let recoveredAt = 0;
  const recover = async () => {
    const { port } = postgres;
    if (Date.now() - recoveredAt > CALM_MS) restarts = 0;
    while (!stopping.signal.aborted) {
      restarts += 1;
      if (restarts > RESTARTS) {
        onLost(
          new Failure(
            "Postgres ends again and again.",
            `See ${path.join(home, "logs", "postgres.log")}; is the disk full?`,
          ),
        );
        return;
      }
      note(`  ! Postgres ended by itself; starting it again (${restarts}).`);
      try {
        postgres = await startPostgres({ home, log, port, signal: stopping.signal });
        recoveredAt = Date.now();
        watch();
        if (postgres.port !== port) onMoved();
        return;
      } catch (error) {
        log(`${messageOf(error)}\n`);
        await sleep(500 * restarts, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const watch = () => {
    postgres.exited.then(({ expected }) => {
      if (!expected && !stopping.signal.aborted) recovery = recover();
    });
  };
  watch();
  const stop = async () => {
    stopping.abort();
    await recovery;
    await postgres.stop(STOP_PATIENCE_MS);
  };
  try {
    say("migrations");
    const done = await migrateDatabase({ url: postgres.urls.owner, backups, log: note });
    say(`embedded Postgres, ${described(done)}`);
    return {
      embedded: true,
      url: () => postgres.urls.app,
      firstBoot: await isFirstBoot(postgres.urls.owner),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {string} url
 */
async function isFirstBoot(url) {
  const client = await connect(url);
  try {
    const { rows } = await client.query("SELECT NOT EXISTS (SELECT FROM user_account) AS first");
    return rows[0]?.first === true;
  } finally {
    await client.end();
  }
}

/**
 * @param {{ applied: string[], total: number }} done
 */
function described({ applied, total }) {
  return applied.length > 0 ? `${applied.length} of ${total} migrations applied` : `${total} migrations, up to date`;
}
