import { createServer, type Server } from "node:http";
import { parseEnv, WorkerEnv } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { closeRuntime, openRuntime, type Runtime } from "#lib/platform/runtime.ts";
import { startWorker } from "#workers/start-worker.ts";

/** The worker process: jobs, the outbox relay, the reconciler. SIGTERM or SIGINT end it within 3 s. */
async function main(): Promise<void> {
  const env = parseEnv(WorkerEnv);
  const runtime = openRuntime(env, { name: "worker" });
  const worker = await startWorker(runtime, env);
  const server = env.ASSAY_WORKER_PORT === undefined ? undefined : await serveMetrics(runtime, env.ASSAY_WORKER_PORT);

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    runtime.logger.info({ signal }, "worker stops");
    // Whatever hangs, the process is gone before the supervisor's patience is.
    setTimeout(() => process.exit(1), 3_000).unref();
    server?.close();
    await worker.stop();
    await closeRuntime();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  process.on("disconnect", () => void stop("disconnect"));
}

/** `/metrics` and `/health` on loopback, for a scraper on the same machine or in the same pod. */
async function serveMetrics(runtime: Runtime, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || (request.url !== "/metrics" && request.url !== "/health")) {
      response.writeHead(404).end();
    } else if (request.url === "/health") {
      response.writeHead(200, { "content-type": "text/plain" }).end("OK");
    } else {
      runtime.metrics.metrics().then(
        (text) => response.writeHead(200, { "content-type": runtime.metrics.contentType }).end(text),
        (error) => response.writeHead(500).end(messageOf(error)),
      );
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  runtime.logger.info({ address: server.address() }, "worker metrics");
  return server;
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exit(1);
});
