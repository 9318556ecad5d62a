import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, vi } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { apiListener } from "#server/front-door.ts";

/** Next bundles `lib/` apart from the server: a second copy of every module, on the same runtime. */
async function nextsCopy(): Promise<(request: Request) => Response | Promise<Response>> {
  vi.resetModules();
  const { handleApiRequest } = await import("#lib/api/handler.ts");
  return handleApiRequest;
}

pgTest("both hosts serve the same table and count in one registry", async ({ runtime }) => {
  // There are more routes than an address may ask at once without credentials.
  rateLimiter(runtime, "http.limiter", { perSecond: 100_000, burst: 100_000 });
  const api = createApi(runtime);
  const handleInNext = await nextsCopy();
  // However slow this process is, no connection is closed while the next request is on its way.
  const server = createServer({ keepAliveTimeout: 0 }, apiListener(api));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // What Next adds when no proxy stands in front.
  const inNext = (path: string, method: string) => {
    const headers = { host: "localhost:3000", "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost:3000" };
    return handleInNext(new Request(`http://localhost:3000${path}`, { method, headers }));
  };
  const counted = async () => {
    const { values } = (await runtime.metrics.getSingleMetric("http_request_duration_seconds")?.get()) ?? {
      values: [],
    };
    const counts = values.filter((one) => "metricName" in one && String(one.metricName).endsWith("_count"));
    return counts.filter((one) => one.labels["route"] === "GET /version").reduce((sum, one) => sum + one.value, 0);
  };
  try {
    for (const route of api.routes) {
      const path = route.path.replace(/\{\w+\+?\}/g, "1");
      const method = route.method.toUpperCase();
      const [inNode, next] = await Promise.all([fetch(origin + path, { method }), inNext(path, method)]);
      expect(next.status, `${method} ${path}`).toBe(inNode.status);
      expect(next.headers.get("content-type"), `${method} ${path}`).toBe(inNode.headers.get("content-type"));
      await Promise.all([inNode.arrayBuffer(), next.arrayBuffer()]);
    }
    const before = await counted();
    await (await fetch(`${origin}/version`)).text();
    await inNext("/version", "GET");
    expect(await counted()).toBe(before + 2);
    const documents = await Promise.all([fetch(`${origin}/api/openapi.json`), inNext("/api/openapi.json", "GET")]);
    const [first, second] = await Promise.all(documents.map((reply) => reply.json()));
    expect(second).toEqual(first);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

pgTest("Next has a route handler for every prefix of the table", ({ runtime }) => {
  const { prefixes } = createApi(runtime);
  for (const prefix of prefixes) {
    const folders = [`app/${prefix}`, `app/${prefix}/[...path]`, `app/${prefix}/[[...path]]`];
    expect(
      folders.filter((folder) => existsSync(`${folder}/route.ts`)),
      prefix,
    ).toHaveLength(1);
  }
});
