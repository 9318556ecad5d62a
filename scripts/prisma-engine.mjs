#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import readline from "node:readline";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import { messageOf } from "./lib/failure.mjs";
import { filesUnder } from "./lib/files.mjs";
import { ROOT } from "./lib/paths.mjs";
import { migrationAdapters } from "./lib/prisma-adapters.mjs";

/**
 * Stands in for Prisma's schema engine, a binary that Prisma downloads, by the same engine as WebAssembly: what the CLI
 * says on standard input (JSON-RPC, one object a line) is passed to it. For authors of migrations and for tests; run it
 * as `npm run prisma -- migrate dev` (or `status`, `deploy`). At run time nothing needs it: see lib/migrate.mjs.
 */
const argv = process.argv.slice(2);
if (argv.includes("--version") || argv.includes("-v")) {
  console.log("schema-engine-cli 7.10.0 (wasm)");
  process.exit(0);
}
if (argv.includes("can-connect-to-database") || argv.includes("create-database")) {
  // The CLI reads a log line. A database that does not answer shows at the first real request.
  const fields = { message: "Connection successful" };
  console.error(
    JSON.stringify({ timestamp: new Date().toISOString(), level: "INFO", fields, target: "schema_engine::logger" }),
  );
  process.exit(0);
}

const url = process.env["MIGRATE_DATABASE_URL"] || process.env["DATABASE_URL"];
if (!url) {
  console.error("MIGRATE_DATABASE_URL or DATABASE_URL must be set.");
  process.exit(1);
}

/** Names of the CLI's requests that the engine knows by another name. */
const RENAMED = new Map([["getDatabaseVersion", "version"]]);

const engine = await startEngine(url);
for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: request.id, ...(await answer(request)) })}\n`);
}

/**
 * @param {{ method: string, params: unknown }} request
 */
async function answer({ method, params }) {
  try {
    const call = Reflect.get(engine, RENAMED.get(method) ?? method);
    if (typeof call !== "function") throw new Error(`the engine has no method ${method}`);
    return { result: (await Reflect.apply(call, engine, [params])) ?? {} };
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
    const data = { is_panic: false, message: messageOf(error), meta: null, error_code: code };
    return { error: { code: 4466, message: "An error happened. Check the data field for details.", data } };
  }
}

/**
 * @param {string} databaseUrl
 */
async function startEngine(databaseUrl) {
  const require = createRequire(import.meta.url);
  const wasm = require.resolve("@prisma/schema-engine-wasm").replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
  const imports = { "./schema_engine_bg.js": { ...engineModule } };
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), imports);
  engineModule.__wbg_set_wasm(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start === "function") start();
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (/** @type {string} */ text) => console.error(text) },
  });

  /** @type {[string, string][]} */
  const datamodels = [];
  for (const file of filesUnder(`${ROOT}/prisma/schema`)) datamodels.push([file, await readFile(file, "utf8")]);
  const factory = bindMigrationAwareSqlAdapterFactory(migrationAdapters(databaseUrl));
  return engineModule.SchemaEngine.new({ datamodels }, () => undefined, factory);
}
