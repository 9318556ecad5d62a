import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import type { RequestDetail, RequestSummary } from "#lib/approvals/schemas.ts";
import { makePerson, makeScene, PRODUCTION, policyBody } from "#lib/approvals/testing/scene.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

// Through the whole API: a reply that is not what its schema says is an error in tests.

async function open(runtime: Runtime, owner: Ctx, scopes: Parameters<typeof createApiKey>[1]["scopes"]) {
  const { key } = await createApiKey(owner, { name: "routes", scopes });
  const { app } = createApi(runtime);
  const env = { incoming: { socket: { remoteAddress: "192.0.2.78" } } };
  return async <T>(status: number, method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...more };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await app.request(path, init, env);
    const text = await response.text();
    expect(response.status, `${method} ${path}: ${text}`).toBe(status);
    return { body: (text === "" ? undefined : JSON.parse(text)) as T, etag: response.headers.get("etag") };
  };
}

pgTest("a policy, a request and its reviews over HTTP, with ETags and refusals", async ({ ctx, runtime, db }) => {
  const scene = await makeScene(ctx);
  const admin = await makePerson(ctx, { name: "Adam", role: "admin" });
  const call = await open(runtime, admin.ctx, ["admin"]);
  const body = policyBody();
  const policy = { modelName: "digits", target: PRODUCTION, body };
  const checked = await call<{ satisfiable: boolean }>(200, "POST", "/api/policies/check", policy);
  expect(checked.body.satisfiable).toBe(true);
  await call(400, "POST", "/api/policies", { ...policy, target: "stage:Archived" });
  await call(400, "POST", "/api/policies", { ...policy, body: { ...body, thresholds: [] } });
  const saved = await call<{ id: string }>(201, "POST", "/api/policies", { ...policy, expectedVersion: 0 });
  await call(409, "POST", "/api/policies", { ...policy, expectedVersion: 0 });
  expect((await call<{ items: unknown[] }>(200, "GET", "/api/policies?history=true")).body.items).toHaveLength(1);

  const stage = await call<{ error: { code: string; details: { remedy: string }[] } }>(
    403,
    "POST",
    "/api/models/digits/versions/1/stage",
    { stage: "Production" },
  );
  expect(stage.body.error).toMatchObject({ code: "approval_required" });
  expect(stage.body.error.details[0]?.remedy).toContain("/approvals/new?model=digits&version=1");

  const wish = { modelName: "digits", version: 1, target: PRODUCTION, reason: "better" };
  await call(400, "POST", "/api/approvals", { ...wish, reason: " " });
  const asked = await call<RequestDetail>(201, "POST", "/api/approvals", wish);
  const { id } = asked.body;
  expect(asked.etag).toBe(`"${asked.body.lockVersion}"`);
  const path = `/api/approvals/${id}`;
  expect((await call<RequestDetail>(200, "GET", path)).etag).toBe(asked.etag);
  const list = await call<{ items: RequestSummary[] }>(200, "GET", "/api/approvals?state=pending,approved&mine=true");
  expect(list.body.items.map((item) => item.id)).toEqual([id]);
  await call(400, "GET", "/api/approvals?state=nonsense");
  await call(409, "POST", "/api/approvals", wish);

  await call(201, "POST", `${path}/comments`, { body: "please look" });
  // Its own request, and by a key: not this one.
  const own = await call<{ error: { code: string } }>(403, "POST", `${path}/reviews`, { decision: "approve" });
  expect(own.body.error.code).toBe("review_needs_person");
  await call(409, "DELETE", `${path}/reviews`);
  await call(400, "POST", `${path}/withdraw`, {}, { "If-Match": "seven" });
  const stale = await call<{ error: { code: string } }>(412, "POST", `${path}/withdraw`, {}, { "If-Match": '"9"' });
  expect(stale.body.error.code).toBe("lock_version");
  const again = await call<RequestDetail>(200, "POST", `${path}/resubmit`, { reason: "again" }, { "If-Match": '"1"' });
  expect(again.body).toMatchObject({ round: 2, lockVersion: 2 });
  await call(409, "POST", `${path}/execute`);
  await call(403, "POST", `${path}/break-glass`, { reason: "now" });
  await call(409, "POST", `${path}/later-review`, { verdict: "justified", comment: "x" });
  expect((await call<RequestDetail>(200, "POST", `${path}/withdraw`, { reason: "no" })).body.state).toBe("withdrawn");
  await call(404, "GET", "/api/approvals/apr_none");

  await call(204, "DELETE", `/api/policies/${saved.body.id}`);
  await call(404, "DELETE", `/api/policies/${saved.body.id}`);
  await call(200, "POST", "/api/models/digits/versions/1/stage", { stage: "Production" });
  expect(await db.approvalRequest.count({ where: { projectId: scene.admin.projectId } })).toBe(1);
});
