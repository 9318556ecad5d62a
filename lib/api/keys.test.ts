import { encode } from "next-auth/jwt";
import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { requestApproval } from "#lib/approvals/request-approval.ts";
import { makeScene, protect } from "#lib/approvals/testing/scene.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { createServiceAccount } from "#lib/auth/create-service-account.ts";
import { listApiKeys } from "#lib/auth/list-api-keys.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { removeMember } from "#lib/auth/remove-member.ts";
import type { CreateApiKeyInput } from "#lib/auth/schemas.ts";
import { type Role, SCOPES, scopesOfRole } from "#lib/auth/scopes.ts";
import { setMember } from "#lib/auth/set-member.ts";
import { updateProject } from "#lib/auth/update-project.ts";
import { updateServiceAccount } from "#lib/auth/update-service-account.ts";
import { updateUser } from "#lib/auth/update-user.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { listModels } from "#lib/registry/list-models.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";

// What a request may do depends on its project and, for a key, on its owner: through the API, as a caller sees it.

type Headers = Record<string, string>;

function caller(runtime: Runtime) {
  const { app } = createApi(runtime);
  const env = { incoming: { socket: { remoteAddress: "192.0.2.31" } } };
  const ask = (path: string, headers: Headers, init: RequestInit = {}) =>
    app.request(path, { ...init, headers: { "Content-Type": "application/json", ...headers } }, env);
  const statusOf = async (path: string, headers: Headers) => (await ask(path, headers)).status;
  /** Other processes hear of a change by NOTIFY, and so does this one: far under the 5 s that it is believed. */
  const becomes = (path: string, headers: Headers, status: number) =>
    expect.poll(() => statusOf(path, headers), { timeout: 4_000, interval: 20 }).toBe(status);
  return { ask, statusOf, becomes };
}

async function makePerson(runtime: Runtime, memberships: Record<string, Role>) {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  const create = Object.entries(memberships).map(([projectId, role]) => ({ projectId, role }));
  await runtime.db.user.create({ data: { id, email, name: "Someone", role: "user", memberships: { create } } });
  return { id, email, name: "Someone" };
}

const asPerson = (ctx: Ctx, user: { id: string; email: string; name: string }, role: Role): Ctx => ({
  ...ctx,
  actor: { type: "user", ...user, role, scopes: scopesOfRole(role), authenticatedAt: new Date() },
});

/** Keys that the system makes have no owner, as the bootstrap key has none. */
const asSystem = (ctx: Ctx): Ctx => ({ ...ctx, actor: { type: "system", id: "test", scopes: SCOPES } });

async function keyOf(ctx: Ctx, input: Partial<CreateApiKeyInput> = {}): Promise<Headers & { id: string }> {
  const { key, id } = await createApiKey(ctx, { name: "a key", scopes: ["tracking:read"], ...input });
  return { Authorization: `Bearer ${key}`, id };
}

pgTest("a key can do what it was given and its owner still may", async ({ runtime, ctx }) => {
  const { ask, statusOf, becomes } = caller(runtime);
  const person = await makePerson(runtime, { [ctx.projectId]: "member" });
  const key = await keyOf(asPerson(ctx, person, "member"), { scopes: ["tracking:write", "tracking:read"] });
  const me = async () => (await ask("/api/me", key)).json();
  expect(await me()).toMatchObject({ userId: person.id, role: "member", scopes: ["tracking:write", "tracking:read"] });
  expect(await statusOf("/api/models", key)).toBe(403);
  await setMember(ctx, { userId: person.id, role: "viewer" });
  await expect.poll(me, { timeout: 4_000 }).toMatchObject({ role: "viewer", scopes: ["tracking:read"] });
  await removeMember(ctx, { userId: person.id });
  await becomes("/api/me", key, 401);
});

pgTest("nobody gives what they do not have, and keys do not multiply", async ({ runtime, ctx, make }) => {
  const { ask } = caller(runtime);
  const person = asPerson(ctx, await makePerson(runtime, { [ctx.projectId]: "viewer" }), "viewer");
  await expect(keyOf(person, { scopes: ["tracking:read", "registry:write"] })).rejects.toThrow("registry:write");
  await expect(keyOf(person, { scopes: ["admin"] })).rejects.toThrow("admin");
  const own = await keyOf(person);
  const body = JSON.stringify({ name: "another", scopes: ["tracking:read"] });
  expect((await ask("/api/keys", own, { method: "POST", body })).status).toBe(403);
  const admin = await make.ctx({ scopes: [...scopesOfRole("admin")] });
  await expect(keyOf(admin, { scopes: ["instance"] })).rejects.toThrow("instance");
  const confined = await keyOf(asSystem(ctx), { scopes: ["registry:write"], models: ["digits"] });
  expect((await ask("/api/keys", confined, { method: "POST", body })).status).toBe(403);
});

pgTest("people see and end their own keys, admins the project's, by how they begin", async ({ runtime, ctx }) => {
  const [one, two] = await Promise.all(
    [0, 1].map(async () => asPerson(ctx, await makePerson(runtime, { [ctx.projectId]: "member" }), "member")),
  );
  if (one === undefined || two === undefined) throw new Error("two people were made");
  const key = await keyOf(one, { name: "nightly import" });
  await keyOf(two, { name: "laptop" });
  expect((await listApiKeys(one)).map((row) => row.id)).toEqual([key.id]);
  expect(await listApiKeys(ctx)).toHaveLength(2);
  expect(await listApiKeys(ctx, { mine: true })).toHaveLength(0);
  expect((await listApiKeys(ctx, { q: "NIGHTLY" })).map((row) => row.owner?.name)).toEqual(["Someone"]);
  // A key that was found somewhere, pasted whole: only how it begins is kept.
  const whole = key["Authorization"]?.replace("Bearer ", "") ?? "";
  expect((await listApiKeys(ctx, { q: whole })).map((row) => row.id)).toEqual([key.id]);
  const { ask, becomes } = caller(runtime);
  const stranger = await keyOf(two, { scopes: ["tracking:read"] });
  expect((await ask(`/api/keys/${key.id}`, stranger, { method: "DELETE" })).status).toBe(403);
  expect((await ask("/api/me", key)).status).toBe(200);
  const admin = await keyOf(asPerson(ctx, await makePerson(runtime, { [ctx.projectId]: "admin" }), "admin"), {
    scopes: ["admin"],
  });
  expect((await ask(`/api/keys/${key.id}`, admin, { method: "DELETE" })).status).toBe(204);
  await becomes("/api/me", key, 401);
});

pgTest("a service account acts by its keys until it is disabled", async ({ runtime, ctx }) => {
  const { ask, becomes } = caller(runtime);
  const account = await createServiceAccount(ctx, { name: "CI", role: "member" });
  const key = await keyOf(ctx, { scopes: ["registry:write", "audit:read"], serviceAccount: account.id });
  expect(await (await ask("/api/me", key)).json()).toMatchObject({ userId: account.id, scopes: ["registry:write"] });
  await updateServiceAccount(ctx, { id: account.id, disabled: true });
  await becomes("/api/me", key, 401);
  await expect(keyOf(ctx, { serviceAccount: account.id })).rejects.toThrow("not found");
  await updateServiceAccount(ctx, { id: account.id, disabled: false });
  await becomes("/api/me", key, 200);
});

pgTest("a key's own limit answers 429 and says when to come back", async ({ runtime, ctx }) => {
  const { ask } = caller(runtime);
  const key = await keyOf(asSystem(ctx), { perSecond: 3 });
  const replies = await Promise.all(Array.from({ length: 12 }, () => ask("/api/me", key)));
  const refused = replies.filter((reply) => reply.status === 429);
  expect(replies.filter((reply) => reply.status === 200).length).toBeGreaterThanOrEqual(3);
  expect(refused.length).toBeGreaterThanOrEqual(6);
  expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(await refused[0]?.json()).toMatchObject({ error: { code: "rate_limited" } });
  const unlimited = await keyOf(asSystem(ctx));
  const others = await Promise.all(Array.from({ length: 12 }, () => ask("/api/me", unlimited)));
  expect(others.every((reply) => reply.status === 200)).toBe(true);
});

pgTest("a key that is confined to models does not know of others", async ({ runtime, ctx }) => {
  const { ask, statusOf } = caller(runtime);
  await makeVersion(ctx, "digits");
  const secret = await makeVersion(ctx, "secret");
  const input = { scopes: ["registry:read", "registry:write", "tracking:read"], models: ["digits"] } as const;
  const key = await keyOf(asSystem(ctx), { ...input, scopes: [...input.scopes], models: [...input.models] });
  const listed: { items: { name: string }[] } = await (await ask("/api/models", key)).json();
  expect(listed.items.map((model) => model.name)).toEqual(["digits"]);
  expect((await listModels(ctx)).map((model) => model.name)).toEqual(["digits", "secret"]);
  expect(await statusOf("/api/models/digits", key)).toBe(200);
  for (const path of ["", "/history", "/versions/1"]) {
    expect(await statusOf(`/api/models/secret${path}`, key), path).toBe(404);
  }
  const send = (method: string, path: string, body: unknown) =>
    ask(`/api/models/secret${path}`, key, { method, body: JSON.stringify(body) });
  expect((await send("POST", "/versions/1/stage", { stage: "Staging" })).status).toBe(404);
  expect((await send("PUT", "/aliases/mine", { version: 1 })).status).toBe(404);
  expect((await send("PATCH", "", { description: "x" })).status).toBe(404);
  expect((await send("POST", "/versions", { runId: secret.runId })).status).toBe(404);
});

pgTest("a confined key has no scope that would let it out, not even one of old", async ({ runtime, ctx }) => {
  const { ask, statusOf } = caller(runtime);
  for (const scope of ["admin", "instance", "audit:read"] as const) {
    for (const where of [{ models: ["digits"] }, { deployments: ["digits"] }]) {
      await expect(keyOf(asSystem(ctx), { scopes: [scope], ...where })).rejects.toThrow(`cannot have ${scope}`);
    }
  }
  await makeVersion(ctx, "digits");
  await makeVersion(ctx, "secret");
  // As it could be made before.
  const key = await keyOf(asSystem(ctx), { scopes: ["admin", "instance", "audit:read"] });
  await runtime.db.apiKey.update({ where: { id: key.id }, data: { models: ["digits"] } });
  expect(await statusOf("/api/models/digits", key)).toBe(200);
  expect(await statusOf("/api/models/secret", key)).toBe(404);
  for (const path of ["/api/audit", "/api/audit/export", "/api/members", "/api/users", "/api/record/reconciliation"]) {
    expect(await statusOf(path, key), path).toBe(403);
  }
  const body = JSON.stringify({ email: "accomplice@example.org", role: "admin" });
  expect((await ask("/api/invitations", key, { method: "POST", body })).status).toBe(403);
  expect((await ask("/api/me", { ...key, "X-Assay-Project": "default" })).status).toBe(404);
});

pgTest("a confined key does not hear of other models by approvals either", async ({ runtime, ctx }) => {
  const { ask, statusOf } = caller(runtime);
  const scene = await makeScene(ctx);
  await makeVersion(scene.ana.ctx, "other");
  for (const modelName of ["digits", "other"]) await protect(scene, {}, { modelName });
  const wanted = { modelName: "digits", version: 1, target: "stage:Production", reason: "better" };
  const { id } = await requestApproval(scene.ana.ctx, wanted);
  const scopes: CreateApiKeyInput["scopes"] = [
    "approvals:read",
    "approvals:request",
    "approvals:review",
    "registry:write",
  ];
  const key = await keyOf(asSystem(ctx), { scopes, models: ["other"] });
  const policies: { items: { modelName: string }[] } = await (await ask("/api/policies?history=true", key)).json();
  expect(policies.items.map(({ modelName }) => modelName)).toEqual(["other"]);
  expect(await (await ask("/api/approvals", key)).json()).toEqual({ items: [] });
  expect(await statusOf(`/api/approvals/${id}`, key)).toBe(404);
  const acts = ["evidence", "execute", "withdraw", "resubmit", "comments", "reviews", "break-glass", "later-review"];
  const body = JSON.stringify({ reason: "r" });
  const bodies: Record<string, string> = {
    comments: JSON.stringify({ body: "x" }),
    reviews: JSON.stringify({ decision: "deny", comment: "x" }),
    "later-review": JSON.stringify({ verdict: "justified", comment: "x" }),
  };
  for (const act of acts) {
    const reply = await ask(`/api/approvals/${id}/${act}`, key, { method: "POST", body: bodies[act] ?? body });
    expect(reply.status, act).toBe(404);
  }
});

pgTest("a key that is confined to a deployment predicts with no other", async ({ runtime, make }) => {
  const { ask } = caller(runtime);
  const ctx = asSystem(await make.ctx({ projectId: "default" }));
  const scopes: CreateApiKeyInput["scopes"] = ["serving:predict"];
  const body = JSON.stringify({ pixels: [1] });
  const predict = async (key: Headers) => (await ask("/predict", key, { method: "POST", body })).status;
  // 503: it passes, and finds no model in Production.
  for (const key of [await keyOf(ctx, { scopes, deployments: ["digits"] }), await keyOf(ctx, { scopes })]) {
    expect([400, 503]).toContain(await predict(key));
  }
  expect(await predict(await keyOf(ctx, { scopes, deployments: ["other"] }))).toBe(404);
  expect(await predict(await keyOf(ctx, { scopes, models: ["other"] }))).toBe(404);
});

pgTest(
  "a session is in the project that the request names, else the chosen one, else home",
  async ({ runtime, ctx }) => {
    const { ask, statusOf, becomes } = caller(runtime);
    const person = await makePerson(runtime, { default: "viewer", [ctx.projectId]: "reviewer" });
    const { sid } = await withTransaction(ctx, (tx) => openSession(tx, { userId: person.id, method: "password" }));
    const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
    const cookie = (project?: string) => ({
      Cookie: `assay.session=${token}${project === undefined ? "" : `; assay_project=${project}`}`,
    });
    const me = async (headers: Headers, path = "/api/me") => (await ask(path, headers)).json();
    expect(await me(cookie())).toMatchObject({ projectId: "default", role: "viewer" });
    expect(await me(cookie(ctx.projectId))).toMatchObject({ projectId: ctx.projectId, role: "reviewer" });
    const named = { ...cookie(ctx.projectId), "X-Assay-Project": "default" };
    expect(await me(named)).toMatchObject({ projectId: "default" });
    expect(await me(cookie(), `/api/me?project=${ctx.projectId}`)).toMatchObject({ projectId: ctx.projectId });
    // Taken out of the query before that is parsed.
    expect(await statusOf(`/api/runs?limit=1&project=${ctx.projectId}`, cookie())).toBe(200);
    const path = `/api/me?project=${ctx.projectId}`;
    await removeMember(ctx, { userId: person.id });
    await becomes(path, cookie(), 404);
    // The cookie of a project that is theirs no longer locks nobody out.
    expect(await me(cookie(ctx.projectId))).toMatchObject({ projectId: "default" });
    await setMember(ctx, { userId: person.id, role: "member" });
    await becomes(path, cookie(), 200);
    await updateProject(ctx, { id: ctx.projectId, archived: true });
    await becomes(path, cookie(), 404);
  },
);

pgTest("an instance key goes to any open project, a disabled owner's nowhere", async ({ runtime, ctx }) => {
  const { ask, becomes, statusOf } = caller(runtime);
  const admin = await makePerson(runtime, {});
  await runtime.db.user.update({ where: { id: admin.id }, data: { role: "admin" } });
  const spare = await makePerson(runtime, {});
  await runtime.db.user.update({ where: { id: spare.id }, data: { role: "admin" } });
  const scopes = ["admin", "instance"];
  const maker = makeCtx(runtime, { actor: { type: "user", ...admin, scopes, authenticatedAt: new Date() } });
  const key = await keyOf(maker, { scopes: ["instance", "tracking:read"] });
  const there = { ...key, "X-MLflow-Workspace": ctx.projectId };
  expect(await (await ask("/api/me", there)).json()).toMatchObject({ projectId: ctx.projectId });
  expect(await statusOf("/api/models", there)).toBe(403);
  expect(await statusOf("/api/me", { ...key, "X-Assay-Project": "nowhere" })).toBe(404);
  await updateUser(ctx, { id: admin.id, disabled: true });
  await becomes("/api/me", there, 401);
});

pgTest("somebody in no project may do nothing, and is told so plainly", async ({ runtime, ctx }) => {
  const { ask } = caller(runtime);
  const person = await makePerson(runtime, {});
  const { sid } = await withTransaction(ctx, (tx) => openSession(tx, { userId: person.id, method: "oidc" }));
  const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
  const headers = { Cookie: `assay.session=${token}`, "Sec-Fetch-Site": "same-origin" };
  expect(await (await ask("/api/me", headers)).json()).toMatchObject({ projectId: "", role: null, scopes: [] });
  expect(await (await ask("/api/projects", headers)).json()).toEqual({ items: [] });
  expect(await (await ask("/api/runs", headers)).json()).toMatchObject({ error: { code: "forbidden" } });
  const body = JSON.stringify({ name: "x", scopes: ["tracking:read"] });
  expect((await ask("/api/keys", headers, { method: "POST", body })).status).toBe(403);
});
