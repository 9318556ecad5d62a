import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createApi } from "#lib/api/app.ts";
import { parseEnv, ServerEnv } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { closeRuntime, openRuntime } from "#lib/platform/runtime.ts";
import { apiListener, frontDoor } from "#server/front-door.ts";
import { createHttpServer } from "#server/http-server.ts";
import { answerStarting } from "#server/starting.ts";
import { migrateDatabase } from "../scripts/lib/migrate.mjs";
import { places } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { withKnownIds } from "./fuzz/document.ts";
import { type FuzzFindings, fuzz, installSchemathesis } from "./fuzz/schemathesis.ts";
import { adminBySession, seed, viewerByKey } from "./fuzz/seed.ts";
import { createTally, type Identity } from "./fuzz/tally.ts";

/**
 * `npm run soak:fuzz -- --minutes 10`: a server on a fresh database, and schemathesis over every operation of its OpenAPI
 * document, half of the time as an admin, half as a viewer. Replies that do not fit their schema are server errors here.
 * Ends with a line of JSON; with code 1 on a server error, a reply that the document does not allow, or an operation that
 * was done for somebody who may not.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    /** Show schemathesis's own report. */
    verbose: { type: "boolean", default: false },
  },
});
const seconds = Math.max(5, Math.round((Number(values.minutes) * 60) / 2));

const python = await installSchemathesis(places().cache).catch((error) => {
  console.error(`schemathesis could not be installed: ${messageOf(error)}`);
  // Told apart from what it finds.
  process.exit(2);
});
const home = await mkdtemp(join(tmpdir(), "assay-fuzz-"));
const postgres = await startPostgres({ home, durable: false });
// What is long is refused by its schema here, not by Node's parser.
const server = createHttpServer((request, response) => answer(request, response), { maxHeaderSize: 1_000_000 });
let answer: RequestListener = answerStarting;
let isGood = false;
try {
  await migrateDatabase({ url: postgres.urls.owner });
  const env = parseEnv(ServerEnv, {
    NODE_ENV: "test",
    DATABASE_URL: postgres.urls.app,
    ASSAY_HOME: join(home, "home"),
    ASSAY_CACHE: join(home, "cache"),
    ASSAY_LOG_LEVEL: "error",
    ASSAY_SECRET: "the-secret-of-a-server-that-is-fuzzed",
    ASSAY_RATE_LIMIT: "1000000",
    ASSAY_RATE_BURST: "1000000",
  });
  const runtime = openRuntime(env, { name: "fuzz" });
  const known = await seed(runtime);
  const api = createApi(runtime);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const identities = [await adminBySession(runtime, url), await viewerByKey(runtime)];
  let current: Identity | undefined;
  const { tally, count } = createTally(api.routes, () => current ?? { name: "nobody", scopes: [], headers: {} });
  const toApi = frontDoor(api.prefixes, apiListener(api), undefined);
  answer = (request, response) => {
    response.on("finish", () => count(request, response));
    toApi(request, response);
  };

  const document = join(home, "openapi.json");
  await writeFile(document, JSON.stringify(withKnownIds(api.document(), known)));
  const findings: Record<string, FuzzFindings> = {};
  for (const identity of identities) {
    current = identity;
    const { name, headers } = identity;
    const folder = join(home, name.replaceAll(" ", "-"));
    const quiet = !values.verbose;
    findings[name] = await fuzz({ python, document, url, headers, seconds, seed: Number(values.seed), folder, quiet });
    console.log(`${name}: ${tally.requests} requests so far, ${findings[name].failures.length} kinds of failures`);
  }
  const failures = Object.entries(findings).flatMap(([by, found]) => found.failures.map((one) => ({ by, ...one })));
  for (const { by, operation, problem } of failures) console.log(`${by}: ${operation}: ${problem}`);
  for (const line of [...new Set([...tally.serverErrors, ...tally.bypasses])].slice(0, 50)) console.log(line);
  const untouched = api.routes
    .map((route) => `${route.method.toUpperCase()} ${route.path}`)
    .filter((label) => !tally.operations.has(label));
  for (const label of untouched) console.log(`never asked: ${label}`);
  const faults = failures.length + tally.serverErrors.length + tally.bypasses.length;
  // A short run need not get round.
  isGood = faults === 0 && (untouched.length === 0 || seconds < 120);
  const report = {
    soak: "fuzz",
    seconds: seconds * 2,
    operations: api.routes.length,
    operationsAsked: api.routes.length - untouched.length,
    requests: tally.requests,
    statuses: tally.statuses,
    serverErrors: tally.serverErrors.length,
    schemaViolations: failures.length,
    authBypasses: tally.bypasses.length,
  };
  console.log(JSON.stringify(report));
} finally {
  server.closeAllConnections();
  server.close();
  await closeRuntime();
  await postgres.destroy();
  await rm(home, { recursive: true, force: true });
}
process.exit(isGood ? 0 : 1);
