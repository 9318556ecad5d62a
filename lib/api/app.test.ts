import { encode } from "next-auth/jwt";
import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { SCOPES, type Scope } from "#lib/auth/scopes.ts";
import { signIn } from "#lib/auth/sign-in.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

/** Its own address each time, so that no test meets another's limit. */
let addresses = 0;
function caller(runtime: Runtime) {
  const { app } = createApi(runtime);
  addresses += 1;
  const env = { incoming: { socket: { remoteAddress: `192.0.2.${addresses}` } } };
  return (path: string, init: RequestInit = {}) => app.request(path, init, env);
}

async function makeKey(runtime: Runtime, scopes: Scope[]): Promise<string> {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "test", scopes: SCOPES } });
  return (await createApiKey(ctx, { name: "test", scopes })).key;
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

pgTest("takes a key as Bearer and as Basic, and refuses what it does not know", async ({ runtime }) => {
  const request = caller(runtime);
  const key = await makeKey(runtime, ["tracking:read"]);
  const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
  for (const headers of [bearer(key), basic(`anyone:${key}`), basic(`${key}:`), { Authorization: `bearer ${key}` }]) {
    const response = await request("/api/me", { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ type: "apiKey", scopes: ["tracking:read"] });
  }
  for (const headers of [bearer(`${key}x`), bearer(""), basic("no colon"), { Authorization: "Digest x" }]) {
    expect((await request("/api/me", { headers })).status).toBe(401);
  }
  // A door that asks for nobody does not look at credentials.
  expect((await request("/health", { headers: bearer("unknown") })).status).toBe(200);
});

pgTest("a revoked or expired key is refused at once", async ({ runtime }) => {
  const request = caller(runtime);
  const admin = await makeKey(runtime, ["admin"]);
  const made = await request("/api/keys", {
    method: "POST",
    headers: { ...bearer(admin), "Content-Type": "application/json" },
    body: JSON.stringify({ name: "short", scopes: ["tracking:read"] }),
  });
  expect(made.status).toBe(201);
  const { id, key }: { id: string; key: string } = await made.json();
  expect((await request("/api/me", { headers: bearer(key) })).status).toBe(200);
  expect((await request(`/api/keys/${id}`, { method: "DELETE", headers: bearer(admin) })).status).toBe(204);
  // Other processes hear of it by NOTIFY, and so does this one: far under the 5 s that it is believed.
  await expect
    .poll(async () => (await request("/api/me", { headers: bearer(key) })).status, { timeout: 4_000, interval: 20 })
    .toBe(401);
});

pgTest("a cookie is a session that is looked up, and writes by it come from our pages", async ({ runtime, db }) => {
  const request = caller(runtime);
  const id = newId("usr");
  const passwordHash = await hashPassword("a password of some length");
  const email = `${id.toLowerCase()}@example.org`;
  await db.user.create({ data: { id, email, name: "Someone", role: "admin", passwordHash } });
  const visitor = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
  const { sid } = await signIn(visitor, { email, password: "a password of some length" });
  const secret = serverEnvOf(runtime).ASSAY_SECRET;
  const cookie = { Cookie: `theme=dark; assay.session=${await encode({ token: { sid }, secret })}` };

  expect(await (await request("/api/me", { headers: cookie })).json()).toMatchObject({ type: "user", email });
  const forged = await encode({ token: { sid }, secret: "another-secret-of-at-least-32-chars" });
  expect((await request("/api/me", { headers: { Cookie: `assay.session=${forged}` } })).status).toBe(401);

  const create = (headers: Record<string, string>) =>
    request("/api/keys", {
      method: "POST",
      headers: { ...cookie, "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ name: "from a page", scopes: ["tracking:read"] }),
    });
  expect((await create({ Origin: "https://evil.example" })).status).toBe(403);
  expect((await create({})).status).toBe(403);
  expect((await create({ "Sec-Fetch-Site": "same-origin" })).status).toBe(201);

  const sessions = await (await request("/api/sessions", { headers: cookie })).json();
  expect(sessions).toMatchObject({ items: [{ id: sid, current: true }] });
  const ended = await request(`/api/sessions/${sid}`, {
    method: "DELETE",
    headers: { ...cookie, "Sec-Fetch-Site": "same-origin" },
  });
  expect(ended.status).toBe(204);
  await expect
    .poll(async () => (await request("/api/me", { headers: cookie })).status, { timeout: 4_000, interval: 20 })
    .toBe(401);
});

pgTest("refusals are on record, of one address only so many", async ({ runtime, db }) => {
  const request = caller(runtime);
  const key = await makeKey(runtime, ["tracking:read"]);
  const response = await request("/api/keys", { headers: { ...bearer(key), "X-Request-Id": "test-request-0001" } });
  expect(response.status).toBe(403);
  const find = () => db.deniedAttempt.findFirst({ where: { requestId: "test-request-0001" } });
  await expect.poll(find).toMatchObject({ action: "GET /api/keys", reason: "forbidden", ip: expect.any(String) });
  const row = await find();
  for (let index = 0; index < 60; index += 1) await request("/api/keys", { headers: bearer(key) });
  await expect.poll(() => db.deniedAttempt.count({ where: { ip: row?.ip ?? "" } })).toBeGreaterThan(10);
  expect(await db.deniedAttempt.count({ where: { ip: row?.ip ?? "" } })).toBeLessThan(30);
});

pgTest("health says which part is missing, and stays up without a model", async ({ runtime }) => {
  const request = caller(runtime);
  expect(await (await request("/health")).text()).toBe("OK");
  const asJson = await request("/health", { headers: { Accept: "application/json" } });
  expect(await asJson.json()).toMatchObject({ status: "ok" });
  const ready = await request("/health/ready");
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    status: "not_ready",
    checks: { database: { state: "ok" }, disk: { state: "ok" }, queue: { state: "ok" }, model: { state: "failing" } },
  });
});

pgTest("metrics are open to a direct caller on loopback, else with a key", async ({ runtime }) => {
  const request = caller(runtime);
  await request("/version");
  const direct = await request("/metrics");
  expect(direct.status).toBe(200);
  expect(await direct.text()).toMatch(/http_request_duration_seconds_count\{route="GET \/version",status="2xx"\} \d/);
  const proxied = { "X-Forwarded-For": "203.0.113.9" };
  expect((await request("/metrics", { headers: proxied })).status).toBe(401);
  const key = await makeKey(runtime, ["tracking:read"]);
  expect((await request("/metrics", { headers: { ...proxied, ...bearer(key) } })).status).toBe(200);

  const reachable = { ...runtime, env: { ...serverEnvOf(runtime), HOST: "0.0.0.0" } };
  expect((await caller(reachable)("/metrics")).status).toBe(401);
});

pgTest("ASSAY_PUBLIC_PREDICT=false closes /predict", async ({ runtime }) => {
  const closed = { ...runtime, env: { ...serverEnvOf(runtime), ASSAY_PUBLIC_PREDICT: false } };
  const response = await caller(closed)("/predict", { method: "POST", body: "x" });
  expect(response.status).toBe(401);
});
