import { parseArgs } from "node:util";
import { codeOf, Failure, messageOf } from "./failure.mjs";
import { places } from "./paths.mjs";
import { freePort, isPortFree } from "./ports.mjs";

export const USAGE = `npm start [-- options]

  --verbose   show what server, worker, Postgres and the build write
  --help      this text

By environment (all of them: .env.example): PORT, HOST, ASSAY_HOME, ASSAY_CACHE, ASSAY_DATA_DIR, DATABASE_URL,
MIGRATE_DATABASE_URL, REDIS_URL, ASSAY_ROLE (server | api | worker; default: server and worker), ASSAY_ENGINES
(auto | native | wasm | off), ASSAY_QUICKSTART, ASSAY_ADMIN_EMAIL, ASSAY_ADMIN_PASSWORD.`;

const ROLES = ["server", "api", "worker"];
const ENGINES = ["auto", "native", "wasm", "off"];

/**
 * @typedef {object} StartOptions
 * @property {string} home
 * @property {string} cache
 * @property {string} host
 * @property {number} port
 * @property {string} address what a person types into a browser
 * @property {boolean} server a server process is started
 * @property {boolean} pages it serves pages (not in the role `api`)
 * @property {boolean} worker
 * @property {string} engines
 * @property {boolean} verbose
 */

/**
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<StartOptions | "help">}
 * @throws {Failure} an option or variable that is not understood
 */
export async function readOptions(argv, env = process.env) {
  let values;
  try {
    ({ values } = parseArgs({ args: argv, options: { verbose: { type: "boolean" }, help: { type: "boolean" } } }));
  } catch (error) {
    throw new Failure(messageOf(error), "`npm start -- --help` lists the options.");
  }
  if (values.help) return "help";
  const role = oneOf("ASSAY_ROLE", env["ASSAY_ROLE"], ROLES);
  const engines = oneOf("ASSAY_ENGINES", env["ASSAY_ENGINES"], ENGINES) ?? "auto";
  const host = env["HOST"] || "127.0.0.1";
  const asked = Number(env["PORT"] || 3000);
  if (!Number.isInteger(asked) || asked < 0 || asked > 65_535) {
    throw new Failure(`PORT is "${env["PORT"]}".`, "Set it to a number from 1 to 65535, or 0 for any free port.");
  }
  const port = asked === 0 ? await freePort() : asked;
  const { home, cache } = places(env);
  return {
    home,
    cache,
    host,
    port,
    address: `http://${reachable(host)}:${port}`,
    server: role !== "worker",
    pages: role === undefined || role === "server",
    worker: role === undefined || role === "worker",
    engines,
    verbose: values.verbose ?? false,
  };
}

/**
 * @param {{ host: string, port: number }} options
 * @throws {Failure} the port is taken, or the address not ours
 */
export async function requirePort({ host, port }) {
  let free;
  try {
    free = await isPortFree(port, host);
  } catch (error) {
    const forbidden = codeOf(error) === "EACCES";
    throw new Failure(
      `Nothing can listen on ${host} port ${port}: ${messageOf(error)}`,
      forbidden ? "Ports below 1024 are for root: PORT=3000 npm start" : "HOST must be an address of this machine.",
      error,
    );
  }
  if (free) return;
  throw new Failure(
    `Port ${port} is taken by another program.`,
    `Start on another one: PORT=${port + 1} npm start (or PORT=0 for any that is free).`,
  );
}

/**
 * An address to connect to, of one to listen on.
 * @param {string} host
 */
function reachable(host) {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * @param {string} name
 * @param {string | undefined} value
 * @param {string[]} known
 */
function oneOf(name, value, known) {
  if (!value) return undefined;
  if (known.includes(value)) return value;
  throw new Failure(`${name} is "${value}".`, `Set it to one of ${known.join(", ")}, or leave it out.`);
}
