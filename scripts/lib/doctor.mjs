import { build, engine, folders, logs, node, packages } from "./doctor-machine.mjs";
import { database, postgres, processes } from "./doctor-running.mjs";
import { places } from "./paths.mjs";

/**
 * One thing that was looked at. `warn` is worth knowing (something is not there yet); `bad` has to be put right.
 * @typedef {{ state: "ok" | "warn" | "bad", name: string, says: string, remedy?: string | undefined }} Finding
 */

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
