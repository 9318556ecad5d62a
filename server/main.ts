import type { RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrap } from "#lib/auth/bootstrap.ts";
import { parseEnv, ServerEnv } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { shutdownController } from "#lib/platform/http/sse.ts";
import { closeRuntime, openRuntime, type Runtime } from "#lib/platform/runtime.ts";
import { createHttpServer } from "#server/http-server.ts";
import { answerStarting } from "#server/starting.ts";

/** The supervisor gives 2.2 s: requests under way get this much of it, closing the connections the rest. */
const DRAIN_MS = 1_400;
const CLOSE_MS = 500;

const env = readEnv();
const runtime = openRuntime(env, { name: env.ASSAY_ROLE === "api" ? "api" : "server" });
const { logger } = runtime;

// Listens before anything is loaded: whoever watches the process sees at once that it lives.
let listener: RequestListener = answerStarting;
const server = createHttpServer((request, response) => listener(request, response));
server.on("error", (error) => fail(error, `cannot listen at ${env.HOST}:${env.PORT}`));
server.listen(env.PORT, env.HOST, () => logger.info({ address: server.address() }, "listening"));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void stop(signal));
}
process.on("unhandledRejection", (error) => logger.error({ err: error }, "a rejection was not handled"));

const ready = Promise.all([open(), bootstrapWhenPossible(runtime, env)]);
ready.then(
  () => logger.info({ role: env.ASSAY_ROLE, startMs: Math.round(performance.now()) }, "serving"),
  (error) => fail(error, "the server did not start"),
);

/** The API as soon as it is loaded; the pages when Next is. */
async function open(): Promise<void> {
  const [{ createApi }, { apiListener, frontDoor }] = await Promise.all([
    import("#lib/api/app.ts"),
    import("#server/front-door.ts"),
  ]);
  const api = createApi(runtime);
  const toApi = apiListener(api);
  if (env.ASSAY_ROLE === "api") {
    listener = frontDoor(api.prefixes, toApi, undefined);
    return;
  }
  listener = frontDoor(api.prefixes, toApi, answerStarting);
  const { openPages } = await import("#server/pages.ts");
  listener = frontDoor(api.prefixes, toApi, await openPages(env, api));
}

/** The database may come later than the server; until then nobody can sign in. */
async function bootstrapWhenPossible(open: Runtime, settings: ServerEnv): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await bootstrap(open, settings);
      return;
    } catch (error) {
      logger.error({ err: error, attempt }, "the first admin could not be made yet");
      await sleep(Math.min(10_000, 500 * 2 ** attempt));
    }
  }
}

async function stop(signal: string): Promise<void> {
  logger.info({ signal }, "stopping");
  const askedAt = performance.now();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  shutdownController(runtime).abort();
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await Promise.race([closed, sleep(DRAIN_MS)]);
  clearInterval(idle);
  server.closeAllConnections();
  const drainedAt = performance.now();
  await Promise.race([closeRuntime().catch((error) => logger.error({ err: error }, "closing")), sleep(CLOSE_MS)]);
  const closedAt = performance.now();
  logger.info({ drainMs: Math.round(drainedAt - askedAt), closeMs: Math.round(closedAt - drainedAt) }, "stopped");
  process.exit(0);
}

function readEnv(): ServerEnv {
  try {
    return parseEnv(ServerEnv);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}

function fail(error: unknown, what: string): never {
  logger.fatal({ err: error }, what);
  process.exit(1);
}
