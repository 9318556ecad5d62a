import { expect } from "vitest";
import { makeMember, makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { BODIES, makeThings, type Things } from "#lib/api/testing/things.ts";
import type { Route } from "#lib/platform/http/route.ts";
import { encodeCursor } from "#lib/platform/pagination.ts";
import { pgTest } from "#lib/testing/pg.ts";

// Input that is well-formed and means harm: it is refused or taken, but never a fault of ours.

const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;

function pathOf(route: Route, things: Things): string {
  const [, params = {}] =
    things.filter(([start]) => route.path.startsWith(start)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
  return route.path.replace(/\{(\w+)\+?\}/g, (_, name: string) => params[name] ?? "1");
}

const fieldsOf = (route: Route) => Object.keys((route.query as { shape?: object } | undefined)?.shape ?? {});

/** Cursors of our form that no list gave out. */
const CURSORS = [
  ...["x", "", "NaN", 0, -1, 1.5, 1e300, "9".repeat(40), "2026-13-45", "0000-01-01T00:00:00Z"].flatMap((value) => [
    encodeCursor([value]),
    encodeCursor([value, value]),
  ]),
  encodeCursor(["=1e999", "1"]),
  encodeCursor(["=x", "9".repeat(18)]),
  Buffer.from("[null]").toString("base64url"),
  Buffer.from('{"length":1}').toString("base64url"),
];
/** Of one of these is every text of a query that a schema lets through. */
const VALUES = [
  ...["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00+23:59", "-1", "0", "1e309", "NaN"],
  ...[
    "9".repeat(18),
    "__proto__",
    "constructor",
    "alias:constructor",
    "version:constructor/1",
    "run:x",
    "true",
    "%",
    "\\",
  ],
  ...["version:digits/99999999999999999999", "dataset_version:", "-metric:constructor", "FINISHED,FINISHED", ",", "'"],
];

pgTest("no cursor, time or name of a query is a fault of ours", async ({ runtime, ctx }) => {
  const { routes, ask } = openApi(runtime);
  const things = await makeThings(ctx, await makeMember(runtime, ctx));
  const headers = await makeOwnerlessKey(runtime, ctx);
  const broken: string[] = [];
  let asked = 0;
  for (const route of routes.filter(({ method }) => method === "get")) {
    for (const field of fieldsOf(route)) {
      for (const value of field === "cursor" ? CURSORS : VALUES) {
        for (const more of route.path === "/api/runs" && field === "cursor"
          ? ["", "&sort=metric:loss", "&sort=name"]
          : [""]) {
          asked += 1;
          const query = `${field}=${encodeURIComponent(value)}${more}`;
          const response = await ask(`${pathOf(route, things)}?${query}`, { headers });
          const text = route.produces === "text/event-stream" ? "" : await response.text();
          await response.body?.cancel().catch(() => undefined);
          if (response.status >= 500)
            broken.push(`${nameOf(route)} ${field}=${Buffer.from(value, "base64url")} ${value} ${text}`);
        }
      }
    }
  }
  expect(broken).toEqual([]);
  expect(asked).toBeGreaterThan(200);
});

/** Bodies that parse as JSON, or nearly, whatever a route wants. */
function hostileBodies(body: unknown): string[] {
  const sane = JSON.stringify(body ?? {});
  const open = sane.slice(0, -1) + (sane === "{}" ? "" : ",");
  const fields = typeof body === "object" && body !== null ? Object.keys(body) : [];
  return [
    `${open}"__proto__":{"scopes":["instance"],"role":"admin"}}`,
    `${open}"constructor":{"prototype":{"role":"admin"}}}`,
    `${"[".repeat(200_000)}${"]".repeat(200_000)}`,
    `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    '{"a":1e999999}',
    "-0",
    "null",
    '"text"',
    "[]",
    "\uFEFF{}",
    ...fields.flatMap((field) =>
      [
        ...[
          "1e308",
          "-1",
          "99999999999999999999",
          "1.5",
          "null",
          "true",
          "[]",
          "{}",
          '[[[["x"]]]]',
          '{"__proto__":"x"}',
        ],
        ...['{"constructor":"x"}', '"__proto__"', '"alias:constructor"', '"constructor"', '"0000-01-01T00:00:00Z"'],
      ].map((value) => `${open}${JSON.stringify(field)}:${value}}`),
    ),
  ];
}

pgTest("no body is a fault of ours, nor makes anybody more than they are", async ({ runtime, ctx }) => {
  const { routes, ask } = openApi(runtime);
  const person = await makeMember(runtime, ctx);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const things = await makeThings(ctx, person);
  const broken: string[] = [];
  let asked = 0;
  for (const route of routes.filter((one) => one.body !== undefined)) {
    for (const body of hostileBodies(BODIES[nameOf(route)] ?? MORE_BODIES[nameOf(route)])) {
      asked += 1;
      const response = await ask(pathOf(route, things), { method: route.method, headers, body });
      const text = await response.text();
      if (response.status >= 500 && response.status !== 503)
        broken.push(`${nameOf(route)} ${body.slice(0, 200)} ${text}`);
    }
  }
  expect(broken).toEqual([]);
  expect(asked).toBeGreaterThan(500);
  expect(({} as Record<string, unknown>)["role"]).toBeUndefined();
  const row = await runtime.db.membership.findFirst({ where: { userId: person.id } });
  expect(row?.role).toBe("viewer");
  console.info(`hostile bodies: ${asked}`);
});

const MORE_BODIES: { [route: string]: unknown } = {
  "POST /api/projects": { id: "hostile", name: "Hostile", description: "text" },
  "POST /api/keys": { name: "key", scopes: ["tracking:read"], models: ["digits"], expiresAt: "2099-01-01T00:00:00Z" },
  "POST /api/service-accounts": { name: "account", role: "viewer" },
  "POST /api/experiments": { name: "one" },
  "POST /api/approvals": { modelName: "digits", version: 1, target: "alias:approved", reason: "better" },
  "POST /api/invitations": { email: "a@example.org", role: "viewer" },
  "POST /api/invitations/look-up": { token: "a-token-of-some-length" },
  "POST /api/policies": { modelName: "digits", target: "stage:Production", body: {} },
  "POST /api/policies/check": { modelName: "digits", target: "stage:Production", body: {} },
  "POST /api/training/runs": { name: "one", spec: {} },
  "POST /api/datasets/prepare": { source: "synthetic-digits" },
  "POST /feedback": { requestId: "req_12345678", item: 0, label: 1 },
  "POST /predict": { pixels: [], image: "" },
};
