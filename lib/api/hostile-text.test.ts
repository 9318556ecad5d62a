import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { BODIES, makeThings } from "#lib/api/testing/things.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

// Postgres holds neither NUL nor half a surrogate pair: a text that has one is the caller's fault, never ours.

const MORE: { [route: string]: unknown } = {
  "POST /api/projects": { id: "hostile", name: "Hostile", description: "text" },
  "POST /api/keys": { name: "key", scopes: ["tracking:read"], models: ["digits"] },
  "POST /api/service-accounts": { name: "account", role: "viewer" },
  "POST /api/runs": { experiment: "default", name: "run" },
  "POST /api/approvals": { modelName: "digits", version: 1, target: "alias:x", reason: "better" },
  "POST /api/invitations/look-up": { token: "a-token" },
  "PUT /api/projects/{id}": { name: "renamed" },
};

/** The same with every text of the body ending in `tail`. */
function spoil(value: unknown, tail: string): unknown {
  if (typeof value === "string") return `${value}${tail}`;
  if (Array.isArray(value)) return value.map((item) => spoil(item, tail));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item, tail)]));
}

/** One text at a time, so that a choice of words is not what is refused first. */
function spoilEach(body: unknown, tail: string): unknown[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).map(([key, item]) => ({ ...body, [key]: spoil(item, tail) }));
}

pgTest("no text of a path, query or body breaks the server", async ({ runtime, ctx }) => {
  const { app, routes } = createApi(runtime);
  const person = await runtime.db.user.create({
    data: {
      ...{ id: newId("usr"), email: `${newId("p").toLowerCase()}@example.org`, name: "One", role: "user" },
      memberships: { create: { projectId: ctx.projectId, role: "viewer" } },
    },
  });
  const things = await makeThings(ctx, person);
  const actor = { type: "system", id: "test", scopes: SCOPES } as const;
  const maker = makeCtx(runtime, { actor, projectId: ctx.projectId });
  const { key } = await createApiKey(maker, { name: "all", scopes: [...SCOPES] });
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const broken: string[] = [];
  let asked = 0;
  for (const route of routes) {
    const name = `${route.method.toUpperCase()} ${route.path}`;
    const params = things.filter(([start]) => route.path.startsWith(start)).sort(([a], [b]) => b.length - a.length)[0];
    const pathWith = (tail: string) =>
      route.path.replace(/\{(\w+)\+?\}/g, (_, param: string) => `${params?.[1][param] ?? "1"}${tail}`);
    const body = BODIES[name] ?? MORE[name];
    const bodies = ["\0", "\uD800"].flatMap((tail) => spoilEach(body, tail));
    const fields = Object.keys((route.query as { shape?: object } | undefined)?.shape ?? {});
    const paths = [
      pathWith("%00"),
      `${pathWith("")}?project=a%00b`,
      ...fields.map((field) => `${pathWith("")}?${field}=a%00b`),
    ];
    const isGet = route.method === "get";
    const wanted: [string, string | undefined][] = [
      ...paths.map((path): [string, string | undefined] => [path, isGet ? undefined : JSON.stringify(body ?? {})]),
      ...bodies.map((one): [string, string | undefined] => [pathWith(""), JSON.stringify(one)]),
    ];
    for (const [path, sent] of wanted) {
      if (isGet === false && path.includes("%00") === false && sent === undefined) continue;
      asked += 1;
      const init = { method: route.method.toUpperCase(), headers, ...(sent !== undefined && { body: sent }) };
      const response = await app.request(path, init);
      await response.body?.cancel();
      if (response.status >= 500 && response.status !== 503) broken.push(`${name} ${path.slice(0, 90)} ${sent ?? ""}`);
    }
  }
  expect(broken).toEqual([]);
  expect(asked).toBeGreaterThan(150);
});
