import { encode } from "next-auth/jwt";
import { expect } from "vitest";
import { makeMember, openApi } from "#lib/api/testing/open-api.ts";
import { BODIES, makeThings, type Things } from "#lib/api/testing/things.ts";
import { computeEvidence } from "#lib/approvals/evidence/compute-evidence.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { createServiceAccount } from "#lib/auth/create-service-account.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import type { Route } from "#lib/platform/http/route.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { cancelRun } from "#lib/training/cancel-run.ts";
import { claimRun } from "#lib/training/claim-run.ts";

// An admin of one project looks for another one: by every filter, every id in a body, every hint of a request.

type Headers = Record<string, string>;
const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;
const PROJECT_SCOPES = SCOPES.filter((scope) => scope !== "instance");

async function signIn(runtime: Runtime, ctx: Ctx, userId: string): Promise<Headers> {
  const { sid } = await withTransaction(ctx, (tx) => openSession(tx, { userId, method: "password" }));
  const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
  return { Cookie: `assay.session=${token}`, "Sec-Fetch-Site": "same-origin" };
}

/** A foreign project full of things, and an admin of `mine` by session and by key. */
async function makeNeighbours(runtime: Runtime, foreign: Ctx, mine: Ctx) {
  const person = await makeMember(runtime, foreign, "member");
  const things = await makeThings(foreign, person);
  const secret = await makeVersion(foreign, "secret-model");
  const robot = await createServiceAccount(foreign, { name: "secret-robot", role: "reviewer" });
  const admin = await makeMember(runtime, mine, "admin");
  const maker = makeCtx(runtime, { actor: { type: "system", id: "test", scopes: SCOPES }, projectId: mine.projectId });
  const { key } = await createApiKey(maker, { name: "mine", scopes: PROJECT_SCOPES });
  const callers: Headers[] = [await signIn(runtime, mine, admin.id), { Authorization: `Bearer ${key}` }];
  return { person, things, secret, robot, admin, callers };
}

function paramsOf(route: Route, things: Things): Record<string, string> {
  const found = things.filter(([start]) => route.path.startsWith(start)).sort(([a], [b]) => b.length - a.length)[0];
  return found?.[1] ?? {};
}

const fill = (route: Route, params: Record<string, string>) =>
  route.path.replace(/\{(\w+)\+?\}/g, (_, name: string) => params[name] ?? "1");

pgTest(
  "no list, whatever it is filtered by, tells of another project",
  async ({ runtime, ctx, make }) => {
    const { routes, ask } = openApi(runtime);
    const mine = await make.ctx({ projectId: "default" });
    const { person, things, secret, robot, callers } = await makeNeighbours(runtime, ctx, mine);
    const run = await runtime.db.$queryRaw<{ id: string; experiment_id: bigint }[]>`
    SELECT id, experiment_id FROM run WHERE id = ${secret.runId}`;
    const ids = [
      ...things.flatMap(([, params]) => Object.values(params)).filter((value) => value.length > 12),
      ...[ctx.projectId, person.id, person.email, secret.runId ?? "", "secret-model", robot.id, "secret-robot"],
    ];
    const asFilter = [
      ...ids,
      ...[`version:secret-model/1`, `run:${secret.runId}`, `user:${person.id}`, `project:${ctx.projectId}`],
      String(run[0]?.experiment_id),
      "instance",
      "",
    ];
    const lists = routes.filter(
      ({ method, path, auth, hidden }) => method === "get" && !path.includes("{") && auth !== "public" && !hidden,
    );
    let asked = 0;
    for (const route of lists) {
      const fields = Object.keys((route.query as { shape?: object } | undefined)?.shape ?? {});
      const queries = fields.flatMap((field) => asFilter.map((value) => [field, value] as const));
      for (const headers of callers) {
        for (const [field, value] of [["", ""] as const, ...queries]) {
          asked += 1;
          const query = field === "" ? "" : `?${field}=${encodeURIComponent(value)}`;
          const response = await ask(`${route.path}${query}`, { headers });
          // What the caller sent may come back in the words of a refusal.
          const text = (await response.text()).replaceAll(value === "" ? "\0" : value, "");
          for (const id of ids.filter((one) => !value.includes(one)))
            expect(text.includes(id), `${nameOf(route)}${query} tells ${id}: ${text}`).toBe(false);
        }
      }
    }
    console.info(`lists × filters: ${asked} replies without a word of the other project`);
    expect(asked).toBeGreaterThan(500);
    // Thousands of requests: a minute and more on a busy machine.
  },
  300_000,
);

pgTest(
  "what is another project's and what is nowhere are refused in the same words",
  async ({ runtime, ctx, make }) => {
    const { routes, ask } = openApi(runtime);
    const mine = await make.ctx({ projectId: "default" });
    const { things, callers } = await makeNeighbours(runtime, ctx, mine);
    const byId = routes.filter(
      ({ path, auth, hidden }) =>
        path.includes("{") && !["public", "instance"].includes(auth) && !path.includes("strategies/") && !hidden,
    );
    const other = (params: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(params).map(([key, value]) => {
          const isPlain = key === "path" || key === "version" || key === "number";
          const last = value.at(-1) === "0" ? "1" : "0";
          const isCounted = /^\d{1,9}$/.test(value);
          return [key, isPlain ? value : isCounted ? "998" : `${value.slice(0, -1)}${last}`];
        }),
      );
    const differing: string[] = [];
    for (const route of byId) {
      const there = paramsOf(route, things);
      const nowhere = other(there);
      for (const headers of callers) {
        const told = async (params: Record<string, string>) => {
          const asked = { method: route.method, headers, body: BODIES[nameOf(route)] };
          const response = await ask(fill(route, params), asked);
          let text = (await response.text()).replace(/"requestId":"[^"]+"/, "");
          for (const value of Object.values(params)) {
            text = value.length > 3 ? text.replaceAll(value, "…") : text.replaceAll(`id=${value} `, "id=… ");
          }
          return `${response.status} ${text}`;
        };
        const [foreign, missing] = [await told(there), await told(nowhere)];
        if (foreign !== missing) differing.push(`${nameOf(route)}: ${foreign} against ${missing}`);
      }
    }
    expect(differing).toEqual([]);
  },
);

pgTest("a foreign id within a body names nothing", async ({ runtime, ctx, make }) => {
  const { ask } = openApi(runtime);
  const mine = await make.ctx({ projectId: "default" });
  const { person, secret, robot, callers } = await makeNeighbours(runtime, ctx, mine);
  await makeVersion(mine, "own-model");
  const threshold = { name: "them", approvals: 1 };
  const policy = (more: object) => ({
    ...{ modelName: "own-model", target: "alias:x" },
    body: { thresholds: [{ ...threshold, ...more }], separationOfDuties: { requester: false, contributors: false } },
  });
  const TRIES: [string, string, unknown, number][] = [
    ["post", "/api/models/own-model/versions", { runId: secret.runId }, 404],
    ["post", "/api/keys", { name: "k", scopes: ["tracking:read"], serviceAccount: robot.id }, 404],
    ["post", "/api/policies", policy({ users: [person.id] }), 400],
    ["post", "/api/policies", policy({ services: [robot.id] }), 400],
    ["post", "/api/approvals", { modelName: "secret-model", version: 1, target: "alias:x", reason: "r" }, 404],
    ["put", `/api/members/${person.id}`, { role: "admin" }, 404],
    ["patch", `/api/service-accounts/${robot.id}`, { disabled: true }, 404],
    ["patch", `/api/projects/${ctx.projectId}`, { name: "taken over" }, 404],
  ];
  for (const headers of callers) {
    for (const [method, path, body, status] of TRIES) {
      const response = await ask(path, { method, headers, body });
      // A key without an owner makes keys, but none of another project's accounts either.
      expect(response.status, `${method} ${path}: ${await response.text()}`).toBe(status);
    }
  }
});

pgTest("of several names of a project one counts, and none of a stranger's", async ({ runtime, ctx, make }) => {
  const { ask } = openApi(runtime);
  const mine = await make.ctx({ projectId: "default" });
  const { callers } = await makeNeighbours(runtime, ctx, mine);
  const foreign = ctx.projectId;
  const [session = {}, key = {}] = callers;
  const projectOf = async (headers: Headers, query = "") => {
    const response = await ask(`/api/me${query}`, { headers });
    const me = (await response.json()) as { projectId?: string };
    return me.projectId ?? response.status;
  };
  for (const who of [session, key]) {
    expect(await projectOf({ ...who, "X-Assay-Project": "default" }, `?project=${foreign}`)).toBe("default");
    expect(await projectOf({ ...who, "X-Assay-Project": foreign }, "?project=default")).toBe(404);
    expect(await projectOf({ ...who, "X-Assay-Project": "default", "X-MLflow-Workspace": foreign })).toBe("default");
    expect(await projectOf({ ...who, "X-Assay-Project": foreign, "X-MLflow-Workspace": "default" })).toBe(404);
    expect(await projectOf(who, `?project=default&project=${foreign}`)).toBe(404);
    expect(await projectOf({ ...who, "X-Assay-Project": ` ${foreign} ` })).toBe(404);
    expect(await projectOf({ ...who, Referer: `http://localhost/models?project=${foreign}` })).toBe("default");
  }
  const Cookie = `${session["Cookie"]}; assay_project=${foreign}`;
  expect(await projectOf({ ...session, Cookie })).toBe("default");
  // A key beside a cookie: the key counts, and it writes without the cookie's origin rule; the cookie adds nothing.
  const viewer = await makeMember(runtime, ctx, "viewer");
  const both = { ...(await signIn(runtime, ctx, viewer.id)), ...key };
  expect(await projectOf(both)).toBe("default");
  expect(await projectOf({ ...both, "X-Assay-Project": foreign })).toBe(404);
});

pgTest("a project that is archived is gone for its keys, its members and by name", async ({ runtime, ctx, make }) => {
  const { ask } = openApi(runtime);
  const mine = await make.ctx({ projectId: "default" });
  const { callers } = await makeNeighbours(runtime, mine, ctx);
  await runtime.db.project.update({ where: { id: ctx.projectId }, data: { archivedAt: new Date() } });
  const [session = {}, key = {}] = callers;
  for (const path of ["/api/models", "/api/approvals", "/api/audit", "/api/members", "/api/runs"]) {
    expect((await ask(path, { headers: key })).status, path).toBe(401);
    expect((await ask(path, { headers: { ...session, "X-Assay-Project": ctx.projectId } })).status, path).toBe(404);
    // In no project any more, so without any scope.
    expect((await ask(path, { headers: session })).status, path).toBe(403);
  }
});

pgTest("a job that names another project finds nothing there", async ({ runtime, ctx, make }) => {
  const mine = await make.ctx({ projectId: "default" });
  const { things } = await makeNeighbours(runtime, ctx, mine);
  const idOf = (start: string) => things.find(([path]) => path === start)?.[1]["id"] ?? "";
  const worker: Ctx = { ...mine, actor: { type: "worker", id: newId("w"), scopes: SCOPES } };
  const runId = idOf("/api/training/runs/{id}");
  expect(await claimRun(worker, { runId, workerId: "w" })).toEqual({ skipped: "the run is not there" });
  await expect(cancelRun(worker, { runId })).rejects.toMatchObject({ kind: "not_found" });
  const requestId = idOf("/api/approvals/{id}");
  expect(await computeEvidence(worker, { requestId, round: 1 })).toBe("outdated");
  const request = await runtime.db.approvalRequest.findUnique({ where: { id: requestId } });
  expect(request).toMatchObject({ evidence: null, evidenceError: null });
  const run = await runtime.db.run.findUnique({ where: { id: runId } });
  expect(run?.status).toBe("QUEUED");
});

pgTest("measurements name no model to who is of one project", async ({ runtime, ctx, make }) => {
  const { ask } = openApi(runtime);
  const mine = await make.ctx({ projectId: "default" });
  const { callers } = await makeNeighbours(runtime, ctx, mine);
  servingMetrics(runtime).predictions.inc({ model: "secret-model", version: "1", class: "7" });
  const read = async (headers: Headers) => (await ask("/metrics", { headers })).text();
  for (const headers of callers) {
    const text = await read(headers);
    expect(text).not.toContain("secret-model");
    expect(text).toContain("http_request_duration_seconds_bucket");
  }
  const actor = { type: "system", id: "test", scopes: SCOPES } as const;
  const { key } = await createApiKey(makeCtx(runtime, { actor }), { name: "prometheus", scopes: ["instance"] });
  expect(await read({ Authorization: `Bearer ${key}` })).toContain('model="secret-model"');
});
