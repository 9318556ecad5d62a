import { places } from "./paths.mjs";
import { secret } from "./secrets.mjs";

/**
 * The environment of server and worker: ours, with paths made absolute, the database's address and the secrets that
 * were not given. The owner's address is not in it: neither process may change tables.
 *
 * @param {{ databaseUrl: string, host: string, port: number, env?: NodeJS.ProcessEnv }} options
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnv({ databaseUrl, host, port, env = process.env }) {
  const { home, cache, dataDir } = places(env);
  const { MIGRATE_DATABASE_URL: _owner, ...rest } = env;
  return {
    ...rest,
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    ASSAY_HOME: home,
    ASSAY_CACHE: cache,
    ...(dataDir ? { ASSAY_DATA_DIR: dataDir } : {}),
    HOST: host,
    PORT: String(port),
    ASSAY_SECRET: env["ASSAY_SECRET"] || secret(home, "session"),
    ASSAY_AUDIT_KEY: env["ASSAY_AUDIT_KEY"] || secret(home, "audit"),
    NEXT_TELEMETRY_DISABLED: "1",
  };
}
