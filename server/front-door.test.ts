import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { createRateLimiter } from "#lib/platform/rate-limit.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { apiListener, frontDoor } from "#server/front-door.ts";
import { guardPages, type NodeHandler } from "#server/pages.ts";
import { answerStarting } from "#server/starting.ts";

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Send in pieces, without a length. */
  chunked?: boolean;
  /** Send the second half this much later. */
  pauseMs?: number;
}

/**
 * A server as `server/main.ts` puts it together, and a client that sends exactly what it is told, and all of it, whenever
 * the reply comes.
 */
async function withServer<T>(
  runtime: Runtime,
  pages: NodeHandler | undefined,
  use: (
    send: (path: string, sent?: Sent) => Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }>,
  ) => Promise<T>,
): Promise<T> {
  const api = createApi(runtime);
  const server = createServer(frontDoor(api.prefixes, apiListener(api), pages));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use(
      (path, { method = "GET", headers = {}, body, chunked = false, pauseMs } = {}) =>
        new Promise((resolve, reject) => {
          const length = body === undefined || chunked ? {} : { "Content-Length": Buffer.byteLength(body) };
          const sending = httpRequest({ port, path, method, headers: { ...length, ...headers } }, (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (part) => {
              text += part;
            });
            const sent = sending.writableFinished ? undefined : once(sending, "finish");
            response.on("end", () => {
              const reply = { status: response.statusCode ?? 0, headers: response.headers, text };
              Promise.resolve(sent).then(() => resolve(reply), reject);
            });
          });
          sending.on("error", reject);
          const half = body === undefined || pauseMs === undefined ? body : body.slice(0, body.length / 2);
          if (half !== undefined) sending.write(half);
          if (pauseMs === undefined) sending.end();
          else setTimeout(() => sending.end(body?.slice(body.length / 2)), pauseMs);
        }),
    );
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const JSON_TYPE = { "Content-Type": "application/json" };

async function adminKey(runtime: Runtime): Promise<{ Authorization: string }> {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "test", scopes: ["admin"] } });
  return { Authorization: `Bearer ${(await createApiKey(ctx, { name: "test", scopes: ["admin"] })).key}` };
}

/** With other settings; limits are wide unless a test is about them. */
function settings(runtime: Runtime, more: object = {}): Runtime {
  const limits = { ASSAY_RATE_LIMIT: 100_000, ASSAY_RATE_BURST: 100_000 };
  const singletons = new Map<string, unknown>();
  return {
    ...runtime,
    env: { ...serverEnvOf(runtime), ...limits, ...more },
    // Its own limiter, everything else shared.
    singleton: (name, make) => {
      if (name !== "http.limiter") return runtime.singleton(name, make);
      if (!singletons.has(name)) singletons.set(name, make());
      return singletons.get(name) as ReturnType<typeof make>;
    },
  };
}

pgTest("refuses bodies that are too large, whether they say so or not", async ({ runtime }) => {
  const auth = await adminKey(runtime);
  const body = Buffer.alloc(20_000_000, "a");
  await withServer(settings(runtime), undefined, async (send) => {
    for (const chunked of [false, true]) {
      const reply = await send("/api/keys", { method: "POST", headers: { ...auth, ...JSON_TYPE }, body, chunked });
      expect(reply.status).toBe(413);
      expect(JSON.parse(reply.text)).toMatchObject({ error: { code: "too_large", details: [{ field: "body" }] } });
    }
    // The reply is there long before the body is; a client that sends on in peace gets it all the same.
    const slow = { method: "POST", headers: { ...auth, ...JSON_TYPE }, body, chunked: true, pauseMs: 1_500 };
    expect((await send("/api/keys", slow)).status).toBe(413);
    expect((await send("/api/keys", { method: "POST", headers: JSON_TYPE, body })).status).toBe(401);
    expect((await send("/health")).status).toBe(200);
  });
});

pgTest("tells what is wrong with a body, field by field", async ({ runtime }) => {
  const headers = { ...(await adminKey(runtime)), ...JSON_TYPE };
  const good = { name: "x", scopes: ["tracking:read"] };
  const cases: [string, Sent, number, object][] = [
    [
      "another type",
      { headers: { ...headers, "Content-Type": "text/plain" }, body: "{}" },
      415,
      { field: "Content-Type" },
    ],
    ["no type", { headers: { Authorization: headers.Authorization }, body: "{}" }, 415, { field: "Content-Type" }],
    [
      "compressed",
      { headers: { ...headers, "Content-Encoding": "gzip" }, body: "{}" },
      415,
      { field: "Content-Encoding" },
    ],
    ["empty", { headers, body: "" }, 400, { field: "body", problem: "empty" }],
    ["not JSON", { headers, body: '{"name": }' }, 400, { problem: 'unexpected "}" at position 9' }],
    ["cut off", { headers, body: '{"name": "x"' }, 400, { problem: "it ends too early at position 12" }],
    ["an array", { headers, body: "[]" }, 400, { field: "body" }],
    ["a missing field", { headers, body: '{"scopes":["admin"]}' }, 400, { field: "name" }],
    [
      "an unknown field",
      { headers, body: JSON.stringify({ ...good, nme: 1 }) },
      400,
      { field: "nme", problem: "unknown field" },
    ],
    [
      "a wrong item",
      { headers, body: JSON.stringify({ ...good, scopes: ["admin", "root"] }) },
      400,
      { field: "scopes[1]" },
    ],
    ["__proto__", { headers, body: '{"name":"x","scopes":["admin"],"__proto__":{}}' }, 400, { field: "__proto__" }],
  ];
  await withServer(settings(runtime), undefined, async (send) => {
    for (const [what, sent, status, detail] of cases) {
      const reply = await send("/api/keys", { method: "POST", ...sent });
      expect(reply.status, what).toBe(status);
      const { error } = JSON.parse(reply.text);
      expect(error.details, what).toContainEqual(expect.objectContaining({ remedy: expect.any(String), ...detail }));
      expect(error.requestId, what).toBe(reply.headers["x-request-id"]);
    }
    const ok = await send("/api/keys", { method: "POST", headers, body: JSON.stringify(good), chunked: true });
    expect(ok.status).toBe(201);
  });
});

pgTest("every reply has an id, the caller's own if it is a sane one", async ({ runtime }) => {
  await withServer(settings(runtime), undefined, async (send) => {
    expect((await send("/version")).headers["x-request-id"]).toMatch(/^req_[\w-]{22}$/);
    const own = await send("/version", { headers: { "X-Request-Id": "caller-0001" } });
    expect(own.headers["x-request-id"]).toBe("caller-0001");
    for (const odd of ["x", "with space 123", "a".repeat(200), '"><script>12345']) {
      const reply = await send("/api/nothing", { headers: { "X-Request-Id": odd } });
      expect(reply.headers["x-request-id"]).not.toBe(odd);
    }
  });
});

pgTest("404, 405, HEAD and OPTIONS", async ({ runtime }) => {
  await withServer(settings(runtime), undefined, async (send) => {
    const missing = await send("/api/nothing");
    expect(missing.status).toBe(404);
    expect(JSON.parse(missing.text)).toMatchObject({ error: { code: "no_such_route" } });
    const wrong = await send("/version", { method: "DELETE" });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.allow).toBe("GET, HEAD, OPTIONS");
    expect(JSON.parse(wrong.text)).toMatchObject({ error: { code: "method_not_allowed" } });
    const head = await send("/version", { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
    expect((await send("/api/me", { method: "HEAD" })).status).toBe(401);
    const options = await send("/version", { method: "OPTIONS" });
    expect([options.status, options.headers.allow]).toEqual([204, "GET, HEAD, OPTIONS"]);
    // The most specific path answers, not `/api/invitations/{id}`.
    const specific = await send("/api/invitations/accept", { method: "OPTIONS" });
    expect(specific.headers.allow).toBe("POST, OPTIONS");
    expect((await send("/version", { method: "TRACE" })).status).toBe(405);
    expect(JSON.parse((await send("/v2/models")).text)).toEqual({ error: expect.any(String) });
  });
});

pgTest("CORS, by configuration", async ({ runtime }) => {
  const origin = "https://app.example.org";
  const preflight = { method: "OPTIONS", headers: { Origin: origin, "Access-Control-Request-Method": "POST" } };
  await withServer(settings(runtime), undefined, async (send) => {
    const reply = await send("/predict", preflight);
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
    expect(reply.headers).not.toHaveProperty("access-control-allow-methods");
  });
  await withServer(settings(runtime, { ASSAY_CORS_ORIGINS: origin }), undefined, async (send) => {
    const reply = await send("/predict", preflight);
    expect(reply.status).toBe(204);
    expect(reply.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST, OPTIONS",
      vary: "Origin",
    });
    // Also on refusals, or a browser could not tell what is wrong.
    const refused = await send("/api/me", { headers: { Origin: origin } });
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([401, origin]);
    const other = await send("/api/me", { headers: { Origin: "https://evil.example" } });
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
  });
});

pgTest("a name that was made to point here is refused, but for health and version", async ({ runtime }) => {
  await withServer(settings(runtime), undefined, async (send) => {
    const headers = { Host: "evil.example" };
    expect((await send("/api/openapi.json", { headers })).status).toBe(403);
    expect((await send("/api/nothing", { headers })).status).toBe(403);
    for (const path of ["/health", "/version"]) expect((await send(path, { headers })).status).toBe(200);
    expect((await send("/health", { headers: { Host: "a b" } })).status).toBe(400);
  });
  await withServer(settings(runtime, { ASSAY_ALLOWED_HOSTS: "evil.example" }), undefined, async (send) => {
    expect((await send("/api/openapi.json", { headers: { Host: "evil.example:8080" } })).status).toBe(200);
  });
});

pgTest("without credentials an address gets its burst and then 429; a key has no limit", async ({ runtime }) => {
  const auth = await adminKey(runtime);
  const limited = settings(runtime, { ASSAY_RATE_LIMIT: 1, ASSAY_RATE_BURST: 10 });
  await withServer(limited, undefined, async (send) => {
    const statuses: number[] = [];
    for (let index = 0; index < 14; index += 1) statuses.push((await send("/version")).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(200));
    expect(statuses.slice(11)).toContain(429);
    const refused = await send("/api/me", { headers: { Authorization: "Bearer guess" } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await send("/health")).status).toBe(200);
    for (let index = 0; index < 20; index += 1) expect((await send("/api/me", { headers: auth })).status).toBe(200);
  });
});

pgTest("security headers are on every reply of the API", async ({ runtime }) => {
  await withServer(settings(runtime), undefined, async (send) => {
    for (const path of ["/health", "/api/me", "/api/nothing", "/api/openapi.json", "/metrics"]) {
      const { headers } = await send(path);
      expect(headers, path).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "content-security-policy": expect.stringContaining("default-src 'none'"),
        "cache-control": "no-store",
      });
      expect(headers, path).not.toHaveProperty("x-powered-by");
    }
  });
});

pgTest("pages get what is not the API's, with headers that they may believe", async ({ runtime }) => {
  const env = serverEnvOf(runtime);
  const seen: IncomingMessage[] = [];
  const echo: NodeHandler = (request, response) => {
    seen.push(request);
    response.end("page");
  };
  const limiter = createRateLimiter({ perSecond: 1, burst: 8 });
  await withServer(
    settings(runtime),
    guardPages(env, { limiter, isSignedIn: async (cookie) => cookie === "assay.session=good" }, echo),
    async (send) => {
      for (const path of ["/", "/runs?x=/api/", "/api/auth/session", "/api-reference", "/apix", "/predictions"]) {
        expect((await send(path)).text, path).toBe("page");
      }
      for (const path of [
        "/api/me",
        "/api",
        "/predict",
        "/health/live",
        "/metrics",
        "/v2/health/live",
        "/version?x=1",
      ]) {
        expect((await send(path)).text, path).not.toBe("page");
      }
      const spoofed = { "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Assay-Path": "/evil" };
      const page = await send("/runs", { headers: spoofed });
      expect(page.headers["content-security-policy"]).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}'/);
      expect(seen.at(-1)?.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-assay-path": "/runs" });
      expect(seen.at(-1)?.headers["x-forwarded-host"]).toMatch(/^localhost:\d+$/);
      expect(page.headers["content-security-policy"]).toBe(seen.at(-1)?.headers["content-security-policy"]);
      expect((await send("/runs", { headers: { Host: "evil.example" } })).status).toBe(403);
      await send("/");
      expect((await send("/")).status).toBe(429);
      // Any cookie will not do, a session does.
      expect((await send("/", { headers: { Cookie: "assay.session=made-up" } })).status).toBe(429);
      expect((await send("/", { headers: { Cookie: "assay.session=good" } })).status).toBe(200);
      expect((await send("/_next/static/chunk.js")).text).toBe("page");
    },
  );
});

pgTest("no page is asked for with NUL, nor with a body that fills the memory", async ({ runtime }) => {
  const pages = { limiter: createRateLimiter({ perSecond: 100, burst: 100 }), isSignedIn: async () => true };
  const echo: NodeHandler = (request, response) => void request.resume().on("end", () => response.end("page"));
  await withServer(settings(runtime), guardPages(serverEnvOf(runtime), pages, echo), async (send) => {
    for (const path of ["/%00", "/models/a%00b", "/runs?q=%00", "/sign-in?next=%00"]) {
      expect((await send(path)).status, path).toBe(400);
    }
    expect((await send("/runs?q=%2500")).text).toBe("page");
    const post = (body: string, headers: Record<string, string> = {}) =>
      send("/api/auth/callback/credentials", { method: "POST", body, headers });
    const length = (body: string) => ({ "Content-Length": String(body.length) });
    const large = "x".repeat(1024 * 1024 + 1);
    expect((await post("a=b", length("a=b"))).text).toBe("page");
    expect((await post(large, length(large))).status).toBe(413);
    const chunked = { method: "POST", headers: { "Transfer-Encoding": "chunked" } };
    expect((await send("/api/auth/callback/credentials", chunked)).status).toBe(411);
  });
});

pgTest("while it starts it lives, and asks for patience", async ({ runtime }) => {
  await withServer(settings(runtime), answerStarting, async (send) => {
    const page = await send("/runs", { headers: { Accept: "text/html" } });
    expect([page.status, page.headers["retry-after"]]).toEqual([503, "1"]);
    expect(page.text).toContain("Assay is starting");
    expect(JSON.parse((await send("/other")).text)).toMatchObject({ error: { code: "starting" } });
  });
});
