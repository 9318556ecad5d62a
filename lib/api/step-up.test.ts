import { encode } from "next-auth/jwt";
import { expect } from "vitest";
import { z } from "zod";
import { createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { resetPassword } from "#lib/auth/reset-password.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

// What a session that somebody found open must not be enough for, through the API, as that session sees it.

const PASSWORD = "a password of some length";
const Refusal = z.object({ error: z.object({ code: z.string() }) });

async function makePerson(runtime: Runtime, more: { role?: string; totpSecret?: string; totpEnrolledAt?: Date } = {}) {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  const passwordHash = await hashPassword(PASSWORD);
  return runtime.db.user.create({ data: { id, email, name: "Someone", role: "user", passwordHash, ...more } });
}

/** Asks with these headers, and as one of our pages. */
function caller(runtime: Runtime) {
  const { app } = createApi(runtime);
  const env = { incoming: { socket: { remoteAddress: "192.0.2.41" } } };
  return (headers: Record<string, string>, method: string, path: string, body?: unknown) =>
    app.request(
      path,
      {
        method,
        headers: { "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      env,
    );
}

/** An admin of the instance, whose session last proved who they are an hour ago. */
async function openedLongAgo(runtime: Runtime, ctx: Ctx) {
  const admin = await makePerson(runtime, { role: "admin" });
  const { sid } = await withTransaction(ctx, (tx) => openSession(tx, { userId: admin.id, method: "password" }));
  await runtime.db.session.update({ where: { id: sid }, data: { authenticatedAt: new Date(Date.now() - 3_600_000) } });
  const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
  return { Cookie: `assay.session=${token}`, "X-Assay-Project": ctx.projectId };
}

async function actsOn(runtime: Runtime, { projectId }: Ctx) {
  const colleague = await makePerson(runtime);
  const forgetful = await makePerson(runtime, { totpSecret: "sealed", totpEnrolledAt: new Date() });
  const about = `/api/users/${colleague.id}`;
  const acts: [method: string, path: string, body?: unknown][] = [
    ["PATCH", about, { role: "admin" }],
    ["PATCH", about, { role: "user" }],
    ["PATCH", about, { disabled: true }],
    ["PATCH", about, { disabled: false }],
    ["DELETE", `/api/users/${forgetful.id}/second-factor`],
    ["POST", "/api/keys", { name: "to leave with", scopes: ["tracking:read", "admin"] }],
    ["POST", "/api/keys", { name: "to leave with", scopes: ["instance"] }],
  ];
  const stand = async () => ({
    colleague: await runtime.db.user.findUniqueOrThrow({ where: { id: colleague.id } }),
    enrolled: (await runtime.db.user.findUniqueOrThrow({ where: { id: forgetful.id } })).totpEnrolledAt !== null,
    keys: await runtime.db.apiKey.count({ where: { projectId, name: "to leave with" } }),
  });
  return { acts, stand };
}

pgTest("ruling over people and making keys that could need a fresh proof of a person", async ({ runtime, ctx }) => {
  const ask = caller(runtime);
  const session = await openedLongAgo(runtime, ctx);
  const { acts, stand } = await actsOn(runtime, ctx);
  const before = await stand();
  for (const [method, path, body] of acts) {
    const refused = await ask(session, method, path, body);
    expect(refused.status, `${method} ${path}`).toBe(403);
    expect(Refusal.parse(await refused.json()).error.code).toBe("reauthentication_required");
  }
  expect(await stand()).toEqual(before);
  // What is not as dangerous is not asked for it.
  const harmless = { name: "reads", scopes: ["tracking:read"] };
  expect((await ask(session, "POST", "/api/keys", harmless)).status).toBe(201);

  const proof = (password: string) => ask(session, "POST", "/api/session/re-authenticate", { password });
  expect((await proof("not the password")).status).toBe(403);
  const [first = ["GET", "/"]] = acts;
  expect((await ask(session, ...first)).status).toBe(403);
  expect((await proof(PASSWORD)).status).toBe(200);
  // At once: the browser does it again as soon as the proof is answered.
  for (const [method, path, body] of acts) {
    const done = await ask(session, method, path, body);
    expect(done.status, `${method} ${path}`).toBe(method === "POST" ? 201 : 204);
  }
  expect(await stand()).toMatchObject({ enrolled: false, keys: 2 });
});

pgTest("a key is not asked for a proof, its maker was; nor is the machine's own command", async ({ runtime, ctx }) => {
  const ask = caller(runtime);
  const command = makeCtx(runtime, { actor: { type: "system", id: "admin-command", scopes: SCOPES } });
  const { key } = await createApiKey(
    { ...command, projectId: ctx.projectId },
    { name: "provisioning", scopes: ["admin", "instance"] },
  );
  const { acts, stand } = await actsOn(runtime, ctx);
  for (const [method, path, body] of acts) {
    const done = await ask({ Authorization: `Bearer ${key}` }, method, path, body);
    expect(done.status, `${method} ${path}`).toBeLessThan(300);
  }
  expect(await stand()).toMatchObject({ enrolled: false, keys: 2 });

  const someone = await makePerson(runtime);
  const stale = { type: "user", id: someone.id, email: someone.email, name: "x", scopes: SCOPES } as const;
  const reset = (who: Ctx) => resetPassword(who, { email: someone.email });
  await expect(reset(makeCtx(runtime, { actor: stale }))).rejects.toMatchObject({ code: "reauthentication_required" });
  expect(await reset(command)).toMatchObject({ email: someone.email });
});
