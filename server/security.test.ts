import { once } from "node:events";
import { readFile, rename, symlink, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { expect } from "vitest";
import { type Api, createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { SIGN_IN_REFUSED, signIn } from "#lib/auth/sign-in.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isInferencePath } from "#lib/platform/http/envelope.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { isMlflowPath } from "#lib/platform/http/mlflow-fault.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { createRun, ensureExperiment, putArtifact } from "#lib/tracking/index.ts";
import { apiListener, frontDoor } from "#server/front-door.ts";
import { createHttpServer } from "#server/http-server.ts";

// The classes of attack that docs/security.md lists, each against the whole server, by raw HTTP where a client would tidy
// up the address. That no route lets in who may not is lib/api/access.test.ts; private addresses lib/platform/egress.test.ts.

interface Reply {
  status: number;
  head: string;
  body: string;
}

interface World {
  api: Api;
  ctx: Ctx;
  key: string;
  cookie: string;
  /** Sends just these bytes on a connection of its own. */
  raw(bytes: string | Buffer, afterMs?: number, rest?: string): Promise<Reply>;
  send(method: string, path: string, more?: { headers?: Record<string, string>; body?: string }): Promise<Reply>;
}

async function withWorld(runtime: Runtime, use: (world: World) => Promise<void>, timeouts: object = {}): Promise<void> {
  Object.assign(runtime.env, { ASSAY_RATE_LIMIT: 1_000_000, ASSAY_RATE_BURST: 1_000_000 });
  const api = createApi(runtime);
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "test", scopes: SCOPES } });
  const { key } = await createApiKey(ctx, { name: "test", scopes: [...SCOPES] });
  const server = createHttpServer(frontDoor(api.prefixes, apiListener(api), undefined), timeouts);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const raw: World["raw"] = (bytes, afterMs, rest) =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(bytes);
        if (rest !== undefined) setTimeout(() => socket.writable && socket.write(rest), afterMs);
      });
      let text = "";
      socket.setEncoding("latin1").on("data", (part) => {
        text += part;
      });
      socket.on("error", (error) => (text === "" ? reject(error) : undefined));
      socket.on("close", () => {
        const [head = "", body = ""] = text.split("\r\n\r\n", 2);
        resolve({ status: Number(head.split(" ")[1] ?? 0), head: head.toLowerCase(), body });
      });
    });
  const send: World["send"] = (method, path, { headers = {}, body } = {}) => {
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const all = { Host: "localhost", Connection: "close", "Content-Type": "application/json", ...length, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return raw(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`);
  };
  try {
    await use({ api, ctx, key, cookie: await adminCookie(runtime), raw, send });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function adminCookie(runtime: Runtime): Promise<string> {
  const id = newId("usr");
  const [sid, expiresAt] = [newId("ses"), new Date(Date.now() + 3_600_000)];
  await runtime.db.user.create({
    data: { id, email: `${id.toLowerCase()}@example.org`, name: "Admin", role: "admin" },
  });
  await runtime.db.session.create({ data: { id: sid, userId: id, expiresAt } });
  return `assay.session=${await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET })}`;
}

async function runWith(ctx: Ctx, path: string, bytes: string) {
  const experiment = await ensureExperiment(ctx, { name: "security" });
  const { id } = await createRun(ctx, { experimentId: experiment.id, name: "security" });
  const { digest } = await putArtifact(ctx, { runId: id, path, source: Buffer.from(bytes) });
  return { runId: id, experimentId: experiment.id, digest };
}

const SECRET = "what nobody may read";
/** Each would lead to `secret.txt` in the home, or to the system's files, if it were taken for a path. */
const TRICKS = [
  "../secret.txt",
  "../../../../../../etc/passwd",
  "model/../../../secret.txt",
  "..",
  ".",
  "%2e%2e/secret.txt",
  "%2e%2e%2fsecret.txt",
  "..%2fsecret.txt",
  "%252e%252e%252fsecret.txt",
  "%25252e%25252e/secret.txt",
  "..%5csecret.txt",
  "..\\secret.txt",
  "%2e%2e%5c%2e%2e%5csecret.txt",
  "model/notes.txt%00.png",
  "%00",
  "secret.txt%23",
  "%23/../../secret.txt",
  "model%3f/../secret.txt",
  "model;/../secret.txt",
  "..;/secret.txt",
  "..%3b/secret.txt",
  "/etc/passwd",
  "%2fetc%2fpasswd",
  "//etc/passwd",
  "file:///etc/passwd",
  "file:%2f%2f%2fetc%2fpasswd",
  "C:%5cWindows%5cwin.ini",
  "%c0%ae%c0%ae/secret.txt",
  "%ef%bc%8e%ef%bc%8e/secret.txt",
  "%u002e%u002e/secret.txt",
  "model//notes.txt",
  "model/notes.txt/",
  "model/notes.txt%0d%0aX-Injected:1",
  "a".repeat(5_000),
  `${"a/".repeat(400)}x`,
  `${"../".repeat(200)}etc/passwd`,
];

pgTest("path traversal: no trick leads out of a run, on any route that takes a path", async ({ runtime, home }) => {
  await writeFile(join(home, "secret.txt"), SECRET);
  await withWorld(runtime, async ({ api, ctx, key, send }) => {
    const { runId, experimentId } = await runWith(ctx, "model/notes.txt", "notes");
    const headers = { Authorization: `Bearer ${key}` };
    const routes = api.routes.filter((route) => route.path.includes("+}"));
    expect(routes.length).toBeGreaterThan(0);
    for (const route of routes) {
      const start = isMlflowPath(route.path) ? `${experimentId}/${runId}/artifacts/` : "";
      const at = (path: string) => route.path.replace("{id}", runId).replace(/\{\w+\+\}/, `${start}${path}`);
      if (route.method === "get" && !route.path.includes("/presigned/"))
        expect((await send("GET", at("model/notes.txt"), { headers })).body).toContain("notes");
      for (const trick of TRICKS) {
        const reply = await send(route.method.toUpperCase(), at(trick), { headers });
        const what = `${route.method} ${route.path} with ${trick.slice(0, 60)}`;
        expect([400, 403, 404, 405, 414, 431], what).toContain(reply.status);
        expect(reply.body, what).not.toMatch(/what nobody may read|root:/);
        expect(reply.head, what).not.toContain("x-injected");
      }
    }
  });
});

pgTest("path traversal: a link in the blob folder does not lead out of it", async ({ runtime, home }) => {
  await writeFile(join(home, "secret.txt"), SECRET);
  await withWorld(runtime, async ({ ctx, key, send }) => {
    const { runId, digest } = await runWith(ctx, "linked.txt", "to be replaced by a link");
    const blob = join(home, "blobs", digest.slice(0, 2), digest.slice(2));
    await rename(blob, `${blob}.kept`);
    await symlink(join(home, "secret.txt"), blob);
    expect(await readFile(blob, "utf8")).toBe(SECRET);
    const headers = { Authorization: `Bearer ${key}` };
    const reply = await send("GET", `/api/runs/${runId}/artifacts/linked.txt`, { headers });
    expect(reply.status).toBe(404);
    expect(reply.body).not.toContain(SECRET);
    await expect(ctx.blobs.get(digest)).rejects.toThrow("not found");
  });
});

pgTest("storage locations: no body can name one, on any route", async ({ runtime }) => {
  const names = ["source", "artifact_location", "artifactLocation", "artifact_uri", "storageLocation", "uri", "file"];
  await withWorld(runtime, async ({ api, key, send }) => {
    const headers = { Authorization: `Bearer ${key}` };
    let asked = 0;
    for (const route of api.routes.filter((one) => one.body !== undefined)) {
      const path = route.path.replace(/\{\w+\+?\}/g, "1");
      for (const name of names) {
        const body = JSON.stringify({ [name]: "file:///etc" });
        const reply = await send(route.method.toUpperCase(), path, { headers, body });
        const what = `${route.method} ${route.path} with ${name}`;
        // MLflow's protocol ignores what it does not know.
        expect(isMlflowPath(route.path) ? [200, 400, 404] : [400, 404], what).toContain(reply.status);
        if (reply.status === 200) expect(reply.body, what).not.toContain("/etc");
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(50);
  });
});

/** Protocols that are not ours have their own form; the inference protocol's has no codes, but words. */
function refusalOf(path: string, code: string, words: string): string {
  if (isMlflowPath(path)) return "PERMISSION_DENIED";
  return isInferencePath(path) ? words : code;
}

pgTest("CSRF: a cookie writes nothing for a page of another site, on any route", async ({ runtime }) => {
  await withWorld(runtime, async ({ api, cookie, send }) => {
    const foreign: Record<string, string>[] = [
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { Origin: "http://localhost.evil.example", "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      {},
    ];
    const writes = api.routes.filter((route) => route.method !== "get" && route.auth !== "public");
    for (const route of writes) {
      for (const headers of foreign) {
        const path = route.path.replace(/\{\w+\+?\}/g, "1");
        const method = route.method.toUpperCase();
        const reply = await send(method, path, { headers: { Cookie: cookie, ...headers }, body: "{}" });
        expect(reply.status, `${method} ${path} from ${JSON.stringify(headers)}`).toBe(403);
        expect(reply.body).toContain(refusalOf(path, "foreign_origin", "A signed-in browser"));
      }
    }
    const own = { Cookie: cookie, Origin: "http://localhost" };
    expect((await send("POST", "/api/keys", { headers: own, body: "{}" })).status).toBe(400);
    // A form of another site can send text without asking first: it is not taken for JSON.
    const form = { Cookie: cookie, Origin: "http://localhost", "Content-Type": "text/plain" };
    expect((await send("POST", "/api/keys", { headers: form, body: "{}" })).status).toBe(415);
  });
});

pgTest("DNS rebinding: a foreign Host is refused on every route but health and version", async ({ runtime }) => {
  await withWorld(runtime, async ({ api, key, send }) => {
    for (const host of ["evil.example", "localhost.evil.example:3000", "127.0.0.1.evil.example"]) {
      for (const route of api.routes.filter((one) => !/^\/(health|version)/.test(one.path))) {
        const path = route.path.replace(/\{\w+\+?\}/g, "1");
        const headers = { Host: host, Authorization: `Bearer ${key}` };
        const reply = await send(route.method.toUpperCase(), path, { headers, body: "{}" });
        expect(reply.status, `${route.method} ${path} at ${host}`).toBe(403);
        expect(reply.body).toContain(refusalOf(path, "unknown_host", "host name"));
      }
    }
  });
});

pgTest("default credentials: none of the well-known ones opens a session", async ({ runtime }) => {
  const visitor = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
  for (const email of ["admin@localhost.local", "admin@example.com", "admin"]) {
    for (const password of ["password1234", "password", "admin", "assay", "changeme", "", " "]) {
      await expect(signIn(visitor, { email, password })).rejects.toThrow(SIGN_IN_REFUSED);
    }
  }
});

pgTest("deserialisation: a pickle is bytes to download and nothing else", async ({ runtime }) => {
  await withWorld(runtime, async ({ ctx, key, send }) => {
    // os.system("touch …") for whoever unpickles it.
    const pickle = "cposix\nsystem\n(S'touch /tmp/assay-was-here'\ntR.";
    const page = "<script>alert(1)</script>";
    for (const [path, bytes] of [
      ["model/model.pkl", pickle],
      ["page.html", page],
      ["picture.svg", `<svg xmlns="http://www.w3.org/2000/svg">${page}</svg>`],
    ] as const) {
      const { runId } = await runWith(ctx, path, bytes);
      const headers = { Authorization: `Bearer ${key}` };
      const reply = await send("GET", `/api/runs/${runId}/artifacts/${path}`, { headers });
      expect(reply.status).toBe(200);
      expect(reply.body).toContain(bytes);
      expect(reply.head).toContain("x-content-type-options: nosniff");
      expect(reply.head).toContain("content-disposition: attachment");
      expect(reply.head).toMatch(/content-security-policy: sandbox/);
      const body = JSON.stringify({ runId });
      const registered = await send("POST", "/api/models/pickled/versions", { headers, body });
      expect(registered.status).toBeGreaterThanOrEqual(400);
    }
  });
});

pgTest("denial of service: depth, size, pages, headers and slowness are bounded", async ({ runtime }) => {
  await withWorld(
    runtime,
    async ({ api, key, raw, send }) => {
      const headers = { Authorization: `Bearer ${key}` };
      const startedAt = performance.now();
      for (const body of [
        "[".repeat(200_000) + "]".repeat(200_000),
        "[".repeat(200_000),
        `{"name":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`,
        `{"name":"x","scopes":[${'"admin",'.repeat(200_000)}"admin"]}`,
      ]) {
        expect((await send("POST", "/api/keys", { headers, body })).status).toBe(400);
      }
      expect(performance.now() - startedAt).toBeLessThan(60_000);

      const huge = "1000000000";
      const asked: string[] = [];
      for (const route of api.routes) {
        const shape = route.query !== undefined && "shape" in route.query ? Object.keys(Object(route.query.shape)) : [];
        for (const name of shape.filter((one) => /limit|size|max|points/i.test(one))) {
          const path = `${route.path.replace(/\{\w+\+?\}/g, "1")}?${name}=${huge}`;
          const { status } = await send(route.method.toUpperCase(), path, { headers });
          expect(status, path).toBe(400);
          asked.push(path);
        }
      }
      expect(asked.length).toBeGreaterThan(2);

      const long = await send("GET", "/version", { headers: { "X-Long": "a".repeat(20_000) } });
      expect(long.status).toBe(431);
      expect(JSON.parse(long.body)).toMatchObject({ error: { code: "too_large" } });
      expect((await raw("nonsense\r\n\r\n")).status).toBe(400);

      // Half of a head, half of a body, and then nothing.
      const slow = await raw("GET /version HTTP/1.1\r\nHost: localhost\r\n");
      expect(slow.status).toBe(408);
      const head = `POST /api/keys HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n`;
      const stuck = await raw(`${head}Authorization: Bearer ${key}\r\n\r\n{`);
      expect([0, 400, 408]).toContain(stuck.status);
      expect((await send("GET", "/version", {})).status).toBe(200);
    },
    { headersTimeout: 400, requestTimeout: 1_000, connectionsCheckingInterval: 100 },
  );
});

pgTest("request smuggling: a request whose length is told twice is not taken", async ({ runtime }) => {
  await withWorld(runtime, async ({ raw }) => {
    const host = "Host: localhost\r\n";
    for (const lines of [
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      "Content-Length: 5\r\nContent-Length: 6\r\n",
      "Transfer-Encoding: chunked, identity\r\n",
      "Transfer-Encoding : chunked\r\n",
    ]) {
      const reply = await raw(`POST /api/keys HTTP/1.1\r\n${host}${lines}\r\n0\r\n\r\nGET /api/me HTTP/1.1\r\n\r\n`);
      expect(reply.status, lines).toBe(400);
    }
  });
});
