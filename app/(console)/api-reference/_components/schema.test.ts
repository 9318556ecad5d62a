import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { type Document, groupsOf } from "#app/(console)/api-reference/_components/operations.ts";
import { exampleOf, fieldsOf, type Schemas, typeText } from "#app/(console)/api-reference/_components/schema.ts";
import { apiDocument } from "#lib/api/document.ts";
import { apiRoutes } from "#lib/api/routes.ts";

const schemas: Schemas = {
  Leaf: { type: "object", required: ["id"], properties: { id: { type: "string" }, next: { $ref: "#/x/Leaf" } } },
};

test("names types in words", () => {
  expect(typeText({ type: "array", items: { type: ["number", "null"] } }, {})).toBe("list of number or null");
  expect(typeText({ enum: ["a", 1] }, {})).toBe('"a" or 1');
  expect(typeText({ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] }, {})).toBe(
    "string (date-time) or null",
  );
  expect(typeText({ $ref: "#/components/schemas/Leaf" }, schemas)).toBe("object");
  expect(typeText({}, {})).toBe("anything");
});

test("lists nested fields by their path, with their limits, and ends where a type contains itself", () => {
  const fields = fieldsOf(
    {
      type: "object",
      required: ["rows"],
      properties: {
        rows: { type: "array", minItems: 1, maxItems: 9, items: { $ref: "#/components/schemas/Leaf" } },
        metrics: { type: "object", additionalProperties: { type: "object", properties: { best: { type: "number" } } } },
        limit: { type: "integer", minimum: 1, maximum: 1000, default: 50, description: "How many" },
      },
    },
    schemas,
  );
  expect(fields.slice(0, 3)).toMatchObject([
    { path: "rows", type: "list of object", required: true, note: "1 to 9 items" },
    { path: "rows[].id", required: true },
    { path: "rows[].next", required: false },
  ]);
  expect(fields.map((field) => field.path)).toContain("metrics.*.best");
  expect(fields.find((field) => field.path === "limit")?.note).toBe("How many; 1 to 1000; default 50");
  expect(fields.length).toBeLessThan(30);
});

test("an example holds what is required", () => {
  const schema = {
    type: "object",
    required: ["name", "kind", "count"],
    properties: {
      name: { type: "string" },
      kind: { enum: ["x", "y"] },
      count: { type: "integer", minimum: 3 },
      extra: { type: "string" },
    },
  };
  expect(exampleOf(schema, {})).toEqual({ name: "…", kind: "x", count: 3 });
});

test("every operation of the real document is told, with a curl line that a shell can read", () => {
  const document: Document = JSON.parse(JSON.stringify(apiDocument(apiRoutes)));
  const groups = groupsOf(document, "http://localhost:3000");
  const operations = groups.flatMap((group) => group.operations);
  expect(operations).toHaveLength(apiRoutes.filter(({ hidden }) => !hidden).length);
  expect(new Set(operations.map((operation) => operation.id)).size).toBe(operations.length);
  const made = operations.find((operation) => operation.method === "POST" && operation.path === "/api/experiments");
  const replies = [{ status: "201", mediaType: "application/json" }];
  expect(made).toMatchObject({ access: "the scope tracking:write", replies });
  expect(made?.body?.fields.map((field) => field.path)).toEqual(["name"]);
  const script = operations.map(({ curl }) => curl).join("\n");
  const shell = `curl() { printf '%s\\036' "$@"; printf '\\035'; }\n${script}`;
  const calls = execFileSync("/bin/sh", ["-c", shell], { encoding: "utf8" }).split("\u001d").slice(0, -1);
  expect(calls).toHaveLength(operations.length);
  for (const [index, call] of calls.entries()) {
    const words = call.split("\u001e").slice(0, -1);
    expect(words.find((word) => word.startsWith("http://localhost:3000/"))).toBeDefined();
    const body = operations[index]?.body;
    if (body !== undefined) expect(words.at(-1)).toBe(body.example);
  }
});
