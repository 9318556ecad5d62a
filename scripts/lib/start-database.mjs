import path from "node:path";
import { Failure } from "./failure.mjs";
import { migrateDatabase } from "./migrate.mjs";
import { connect } from "./pg-roles.mjs";
import { startPostgres } from "./postgres.mjs";

/** From SIGTERM to nothing left are 4 s; Postgres's part, before it is told to stop at once and recover later. */
const STOP_PATIENCE_MS = 1_000;
const RESTARTS = 5;

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
 * @param {() => void} options.onMoved Postgres came back on another port
 * @param {(error: unknown) => void} options.onLost Postgres does not come back
 * @returns {Promise<StartDatabase>}
 */
export async function startDatabase({ home, env, log, note, say, onMoved, onLost }) {
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
  let postgres = await startPostgres({ home, log });
  let stopping = false;
  let restarts = 0;
  const watch = () => {
    postgres.exited.then(async ({ expected }) => {
      if (expected || stopping) return;
      restarts += 1;
      note(`Postgres ended by itself; starting it again (${restarts}). See ${path.join(home, "logs", "postgres.log")}`);
      try {
        if (restarts > RESTARTS) throw new Failure("Postgres ends again and again.", "See its log; is the disk full?");
        const { port } = postgres;
        postgres = await startPostgres({ home, log, port });
        watch();
        if (postgres.port !== port) onMoved();
      } catch (error) {
        onLost(error);
      }
    });
  };
  watch();
  const stop = async () => {
    stopping = true;
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
