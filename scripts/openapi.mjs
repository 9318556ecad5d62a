#!/usr/bin/env node
import os from "node:os";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createApi } from "#lib/api/app.ts";
import { parseEnv, ServerEnv } from "#lib/platform/env.ts";
import { closeRuntime, openRuntime } from "#lib/platform/runtime.ts";

/**
 * `npm run openapi`: checks the document that `/api/openapi.json` serves against the OpenAPI 3.1 schema, and what the
 * schema cannot see: operation ids are unique, path parameters are declared. `--print` writes the document instead.
 * No database is opened: the document follows from the routes alone.
 */
const env = parseEnv(ServerEnv, {
  NODE_ENV: "test",
  DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
  ASSAY_HOME: path.join(os.tmpdir(), "assay-openapi"),
  ASSAY_SECRET: "only-to-compose-the-routes-of-the-api",
  ASSAY_LOG_LEVEL: "fatal",
});
/** @type {unknown} */
const document = createApi(openRuntime(env, { name: "openapi" })).document();

if (process.argv.includes("--print")) {
  console.log(JSON.stringify(document, null, 2));
} else {
  const faults = await check(document);
  for (const fault of faults) console.error(fault);
  const { openapi, operations } = operationsOf(document);
  console.log(`OpenAPI ${openapi}: ${operations.length} operations, ${faults.length} faults`);
  process.exitCode = faults.length > 0 || operations.length === 0 ? 1 : 0;
}
await closeRuntime();

/**
 * @param {unknown} spec
 * @returns {Promise<string[]>}
 */
async function check(spec) {
  // The validator fills in references where they stand: it gets a copy.
  const copy = JSON.parse(JSON.stringify(spec));
  const result = await new Validator().validate(copy);
  const { openapi, operations } = operationsOf(spec);
  const faults = result.valid ? [] : [`not valid: ${JSON.stringify(result.errors, null, 1)}`];
  if (!openapi.startsWith("3.1.")) faults.push(`openapi is ${openapi}, not 3.1`);
  const seen = new Set();
  for (const { name, path: route, operation } of operations) {
    const id = operation["operationId"];
    if (typeof id !== "string" || seen.has(id)) faults.push(`${name}: operationId "${id}" is missing or not unique`);
    seen.add(id);
    const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : [];
    const declared = new Set(parameters.filter((one) => one.in === "path").map((one) => one.name));
    for (const [, parameter] of route.matchAll(/\{([^}]+)\}/g)) {
      if (!declared.has(parameter)) faults.push(`${name}: the path parameter ${parameter} is not declared`);
    }
  }
  return faults;
}

/**
 * @param {unknown} spec
 * @returns {{ openapi: string, operations: { name: string, path: string, operation: Record<string, unknown> }[] }}
 */
function operationsOf(spec) {
  const { openapi, paths } =
    /** @type {{ openapi: string, paths: Record<string, Record<string, Record<string, unknown>>> }} */ (spec);
  const operations = Object.entries(paths ?? {}).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${route}`,
      path: route,
      operation,
    })),
  );
  return { openapi: String(openapi), operations };
}
