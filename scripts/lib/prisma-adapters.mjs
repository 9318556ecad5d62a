import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

/** @typedef {import("@prisma/driver-adapter-utils").SqlMigrationAwareDriverAdapterFactory} Factory */
/** @typedef {Awaited<ReturnType<Factory["connect"]>>} Adapter */

/** Postgres's internal type "char" (one byte), which the engine's catalog queries return, and `text`. */
const CHAR_OID = 18;
const TEXT_OID = 25;
/** `ColumnTypeEnum` of @prisma/driver-adapter-utils. */
const COLUMN_CHARACTER = 6;
const COLUMN_TEXT = 7;

/**
 * Connections for the schema engine, around four faults of @prisma/adapter-pg 7.10.0: its shadow database is the real
 * one when it is given a connection string; it drops the shadow database while connected to it; it does not know
 * the type "char"; and it cuts a script at every semicolon, also within a function or a comment.
 *
 * @param {string} url
 * @returns {Factory}
 */
export function migrationAdapters(url) {
  const main = pool(url, undefined);
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => main.connect(),
    async connectToShadowDb() {
      const name = `prisma_migrate_shadow_db_${randomUUID()}`;
      await main.pool.query(`CREATE DATABASE "${name}"`);
      const shadow = pool(url, name);
      const adapter = await shadow.connect();
      const dispose = adapter.dispose.bind(adapter);
      adapter.dispose = async () => {
        await dispose();
        await main.pool.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      };
      return adapter;
    },
  };
}

/**
 * @param {string} url
 * @param {string | undefined} database instead of the URL's
 */
function pool(url, database) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const connections = new pg.Pool({
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: database ?? pathname.slice(1),
    max: 4,
  });
  /** Names of columns that were "char": the adapter must see text, the engine a character. */
  const characters = new Set();
  connections.on("connect", (client) => presentCharAsText(client, characters));
  const factory = new PrismaPg(connections, { disposeExternalPool: true });
  const connect = async () => {
    /** @type {Adapter} */
    const adapter = await factory.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const [index, name] of result.columnNames.entries()) {
        if (characters.has(name) && result.columnTypes[index] === COLUMN_TEXT) {
          result.columnTypes[index] = COLUMN_CHARACTER;
        }
      }
      return result;
    };
    adapter.executeScript = async (script) => void (await connections.query(script));
    return adapter;
  };
  return { pool: connections, connect };
}

/**
 * @param {pg.PoolClient} client
 * @param {Set<unknown>} characters
 */
function presentCharAsText(client, characters) {
  const query = client.query;
  const fix = (/** @type {unknown} */ result) => {
    for (const one of Array.isArray(result) ? result : [result]) {
      for (const field of one?.fields ?? []) {
        if (field.dataTypeID !== CHAR_OID) continue;
        field.dataTypeID = TEXT_OID;
        characters.add(field.name);
      }
    }
    return result;
  };
  Object.assign(client, {
    query: (/** @type {unknown[]} */ ...args) => {
      const callback = args.at(-1);
      if (typeof callback === "function") {
        const fixing = (/** @type {unknown} */ error, /** @type {unknown} */ result) => callback(error, fix(result));
        return Reflect.apply(query, client, [...args.slice(0, -1), fixing]);
      }
      const answer = Reflect.apply(query, client, args);
      return answer instanceof Promise ? answer.then(fix) : answer;
    },
  });
}
