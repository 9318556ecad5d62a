import { encode } from "next-auth/jwt";
import { expect } from "vitest";
import { type Api, createApi } from "#lib/api/app.ts";
import { BODIES, makeThings, type Things } from "#lib/api/testing/things.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { hasScope, ROLES, type Role, SCOPES, type Scope, scopesOfRole } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { isInferencePath } from "#lib/platform/http/envelope.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { isMlflowPath } from "#lib/platform/http/mlflow-fault.ts";
import { mountRoutes } from "#lib/platform/http/mount.ts";
import { AUTH_WORDS, type Route, type RouteAuth } from "#lib/platform/http/route.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

// Every route of the table is asked here as nobody, as each role and key that may not, and about another project.

/** decisions.md 18 and the two doors of an invitation's link; the rest of that list is pages and next-auth. */
const OPEN_DOORS = [
  "GET /api/openapi.json",
  "GET /health",
  "GET /health/live",
  "GET /health/ready",
  "GET /metrics",
  "GET /v2",
  "GET /v2/health/live",
  "GET /v2/health/ready",
  "GET /version",
  "POST /api/invitations/accept",
  "POST /api/invitations/look-up",
  "POST /feedback",
  "POST /predict",
];
/** Names in the code, not in a project. */
const NOT_A_PROJECTS = ["POST /api/training/strategies/{name}"];

const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;
/** A twin below `/ajax-api` is about the same things. */
const thingPath = (route: Route) => route.path.replace(/^\/ajax-api\//, "/api/");
const scopeOf = (route: Route): Scope | undefined => SCOPES.find((scope) => scope === route.auth);

/** The path with ids of those things, else of what is not there. */
function pathOf(route: Route, things: Things = []): string {
  const [, params = {}] =
    things.filter(([start]) => thingPath(route).startsWith(start)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
  return route.path.replace(/\{(\w+)\+?\}/g, (_, name: string) => params[name] ?? "1");
}

async function open(runtime: Runtime) {
  const api: Api = createApi(runtime);
  let calls = 0;
  const ask = (route: Route, more: { headers?: Record<string, string>; things?: Things; body?: unknown } = {}) => {
    calls += 1;
    // An address each, so that limits per address stay out of it.
    const env = { incoming: { socket: { remoteAddress: `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}` } } };
    const headers = { "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json", ...more.headers };
    const body = more.body === undefined ? {} : { body: JSON.stringify(more.body) };
    return api.app.request(pathOf(route, more.things), { method: route.method.toUpperCase(), headers, ...body }, env);
  };
  const makePerson = async (ctx: Ctx, role: Role) => {
    const id = newId("usr");
    const memberships = { create: { projectId: ctx.projectId, role } };
    const email = `${id.toLowerCase()}@example.org`;
    await runtime.db.user.create({ data: { id, email, name: role, role: "user", memberships } });
    return { id, email };
  };
  const signIn = async (ctx: Ctx, role: Role) => {
    const { id } = await makePerson(ctx, role);
    const { sid } = await withTransaction(ctx, (tx) => openSession(tx, { userId: id, method: "password" }));
    const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
    return { Cookie: `assay.session=${token}` };
  };
  const makeKey = async (ctx: Ctx, scopes: Scope[]) => {
    const maker = makeCtx(runtime, {
      actor: { type: "system", id: "test", scopes: SCOPES },
      projectId: ctx.projectId,
    });
    return { Authorization: `Bearer ${(await createApiKey(maker, { name: "test", scopes })).key}` };
  };
  return { ...api, ask, signIn, makeKey, makePerson };
}

pgTest("nobody gets in without credentials, but by exactly the open doors", async ({ runtime }) => {
  const { routes, ask } = await open(runtime);
  const opened: string[] = [];
  for (const route of routes) {
    // Credentials come before the body: what is in it does not matter.
    const response = await ask(route, route.method === "get" ? {} : { headers: { "Content-Type": "text/x-odd" } });
    if (response.status !== 401) {
      opened.push(nameOf(route));
      continue;
    }
    const refusal = isMlflowPath(route.path)
      ? { error_code: "UNAUTHENTICATED" }
      : { error: isInferencePath(route.path) ? expect.any(String) : { code: "unauthenticated" } };
    expect(await response.json(), nameOf(route)).toMatchObject(refusal);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
  }
  expect(opened.sort()).toEqual(OPEN_DOORS);
  console.info(`routes: ${routes.length}; refused to nobody: ${routes.length - opened.length}; open: ${opened.length}`);
});

pgTest("no role gets further than its scopes, and each as far", async ({ runtime, ctx }) => {
  const { routes, ask, signIn } = await open(runtime);
  const scoped = routes.filter((route) => scopeOf(route) !== undefined);
  let refused = 0;
  for (const role of ROLES) {
    const headers = await signIn(ctx, role);
    for (const route of scoped) {
      const allowed = hasScope(scopesOfRole(role), route.auth);
      const response = await ask(route, { headers });
      expect(response.status === 403, `${nameOf(route)} as ${role}: ${response.status}`).toBe(!allowed);
      if (!allowed) refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(scoped.length / 2);
  console.info(`roles: ${ROLES.length} on ${scoped.length} routes with a scope; refused with 403: ${refused}`);
});

pgTest("a key with every scope but the one that is needed is refused", async ({ runtime, ctx }) => {
  const { routes, ask, makeKey } = await open(runtime);
  const scoped = routes.filter((route) => scopeOf(route) !== undefined);
  const keys = new Map<RouteAuth, Record<string, string>>();
  for (const needed of SCOPES) {
    const others = SCOPES.filter((scope) => scope !== needed && (scope !== "admin" || needed === "instance"));
    keys.set(needed, await makeKey(ctx, others));
  }
  for (const route of scoped) {
    const response = await ask(route, { headers: keys.get(route.auth) ?? {} });
    expect(response.status, nameOf(route)).toBe(403);
  }
  console.info(`keys without the scope: ${scoped.length} of ${scoped.length} refused`);
});

pgTest(
  "a project that is not theirs is not there, whoever asks and however it is named",
  async ({ runtime, ctx, make }) => {
    const { routes, ask, signIn, makeKey } = await open(runtime);
    const mine = await make.ctx({ projectId: "default" });
    const foreign = ctx.projectId;
    const projectScopes = SCOPES.filter((scope) => scope !== "instance");
    const callers = [await signIn(mine, "admin"), await makeKey(mine, projectScopes)];
    const closed = routes.filter((route) => !OPEN_DOORS.includes(nameOf(route)) || route.auth === "predict");
    for (const route of closed) {
      for (const caller of callers) {
        for (const name of ["X-Assay-Project", "X-MLflow-Workspace"]) {
          const response = await ask(route, { headers: { ...caller, [name]: foreign } });
          expect(response.status, `${nameOf(route)} by ${name}`).toBe(404);
        }
      }
    }
    const [me] = routes.filter((route) => route.path === "/api/me");
    if (me === undefined) throw new Error("there is no /api/me");
    const named = (project: string) => ({ ...me, path: `/api/me?project=${project}` });
    for (const headers of callers) {
      const [there, nowhere] = [await ask(named(foreign), { headers }), await ask(named("nowhere"), { headers })];
      expect([there.status, nowhere.status]).toEqual([404, 404]);
      const told = (text: string, project: string) => text.replace(project, "…").replace(/"requestId":"[^"]+"/, "");
      expect(told(await there.text(), foreign).replace("The project …", "The project")).toBe(
        told(await nowhere.text(), "nowhere").replace("The project …", "The project"),
      );
      expect((await ask(named("default"), { headers })).status).toBe(200);
    }
    console.info(`another project named: ${closed.length} of ${closed.length} routes answer 404`);
  },
);

pgTest(
  "ids of another project are not there either",
  async ({ runtime, ctx, make }) => {
    const { routes, ask, signIn, makeKey, makePerson } = await open(runtime);
    const mine = await make.ctx({ projectId: "default" });
    const things = await makeThings(ctx, await makePerson(ctx, "member"));
    const byId = routes.filter(
      (route) =>
        route.path.includes("{") &&
        !["public", "instance"].includes(route.auth) &&
        !NOT_A_PROJECTS.includes(nameOf(route)),
    );
    const callers: Record<string, string>[] = [
      await signIn(mine, "admin"),
      await makeKey(
        mine,
        SCOPES.filter((scope) => scope !== "instance"),
      ),
    ];
    const owner = await signIn(ctx, "admin");
    for (const route of byId) {
      const known = things.some(([start]) => thingPath(route).startsWith(start));
      expect(known, `${nameOf(route)} names something that makeThings() does not make`).toBe(true);
      const body = BODIES[nameOf({ ...route, path: thingPath(route) })];
      expect(route.body === undefined || body !== undefined, `BODIES lacks ${nameOf(route)}`).toBe(true);
      for (const headers of callers) {
        // A key has no sessions to speak of.
        if (route.path.startsWith("/api/sessions/") && "Authorization" in headers) continue;
        const response = await ask(route, { headers, things, body });
        expect(response.status, `${nameOf(route)}: ${await response.text()}`).toBe(404);
      }
    }
    // That they are there, and as they were, is seen by an admin of their own project.
    for (const route of byId.filter((one) => one.method === "get")) {
      const response = await ask(route, { headers: owner, things });
      // MLflow's links to a storage are not supported, which is told only of files that are there.
      expect(response.status, nameOf(route)).toBe(route.path.includes("/presigned/") ? 501 : 200);
      await response.body?.cancel();
    }
    const run = await ask({ ...routeTo(byId, "GET /api/runs/{id}") }, { headers: owner, things });
    expect(await run.json()).toMatchObject({ name: expect.not.stringContaining("taken over"), status: "FINISHED" });
    console.info(`ids of another project: ${byId.length} of ${byId.length} routes answer 404`);
    // Hundreds of requests, and a model that is loaded: half a minute and more on a busy machine.
  },
  300_000,
);

function routeTo(routes: readonly Route[], name: string): Route {
  const found = routes.find((route) => nameOf(route) === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

pgTest("every route says what it is, who may call it and what it answers", ({ runtime }) => {
  const { routes } = createApi(runtime);
  const auths = new Set<string>([...SCOPES, ...AUTH_WORDS]);
  for (const route of routes) {
    expect(route.summary.length, nameOf(route)).toBeGreaterThanOrEqual(5);
    expect(auths.has(route.auth), `${nameOf(route)}: ${route.auth}`).toBe(true);
    const answers = route.response !== undefined || route.produces !== undefined || route.status === 204;
    expect(answers, `${nameOf(route)} declares no reply`).toBe(true);
    expect(/\{/.test(route.path) ? route.params !== undefined : true, `${nameOf(route)} parses no params`).toBe(true);
  }
});

pgTest("a route that does not declare who may call it is not mounted", async ({ runtime }) => {
  const { app, routes } = createApi(runtime);
  const [one] = routes;
  if (one === undefined) throw new Error("there are no routes");
  const options = { runtime, scopes: SCOPES, recordDenied: () => undefined };
  const authenticate = () => ({ actor: { type: "anonymous", scopes: [] }, projectId: "default", via: "none" }) as const;
  const { auth: _, ...undeclared } = { ...one, path: "/api/new" };
  for (const route of [undeclared, { ...one, path: "/api/new", auth: "registry:raed" }]) {
    expect(() => mountRoutes(app, [route as Route], { ...options, authenticate })).toThrow("who may call it");
  }
});
