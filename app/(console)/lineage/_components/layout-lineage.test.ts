import { expect, test } from "vitest";
import { layoutLineage } from "#app/(console)/lineage/_components/layout-lineage.ts";
import type { LineageEdge, LineageGraph, LineageNode } from "#lib/record/schemas.ts";

const node = (id: string): LineageNode => ({
  id,
  kind: id.split(":")[0] as LineageNode["kind"],
  label: id,
  href: null,
  facts: {},
  distance: 0,
});
const graph = (from: string, edges: [string, LineageEdge["kind"], string][]): LineageGraph => ({
  from,
  nodes: [...new Set([from, ...edges.flatMap(([a, , b]) => [a, b])])].map(node),
  edges: edges.map(([a, kind, b]) => ({ from: a, kind, to: b })),
  truncated: false,
});

const whole = graph("version:digits/1", [
  ["dataset_version:d", "trained", "run:a"],
  ["dataset_version:d", "trained", "run:sibling"],
  ["run:a", "member_of", "strategy_run:s"],
  ["run:a", "became", "version:digits/1"],
  ["approval:p", "approved", "version:digits/1"],
  ["version:digits/1", "serves", "deployment:digits"],
  ["version:digits/1", "reproduced", "run:again"],
  ["dataset_version:d", "trained", "run:again"],
]);

test("causes stand left of their effects, and what only shares a cause is left out", () => {
  const { nodes, columns } = layoutLineage(whole, { all: false });
  expect(Object.fromEntries(nodes.map(({ id, column }) => [id, column]))).toEqual({
    "dataset_version:d": 0,
    "strategy_run:s": 0,
    "run:a": 1,
    "approval:p": 1,
    "version:digits/1": 2,
    "deployment:digits": 3,
    "run:again": 3,
  });
  expect(columns).toBe(4);
});

test("no two nodes stand at the same place", () => {
  const { nodes } = layoutLineage(whole, { all: true });
  expect(new Set(nodes.map(({ column, row }) => `${column}/${row}`)).size).toBe(nodes.length);
});

test("runs that led to nothing are folded from the seventh on, and shown when asked for", () => {
  const many = graph(
    "dataset_version:d",
    Array.from({ length: 20 }, (_, n) => ["dataset_version:d", "trained", `run:${n}`] as const).map((edge) => [
      ...edge,
    ]),
  );
  const { nodes, folded, rows } = layoutLineage(many, { all: false });
  expect(nodes.filter(({ kind }) => kind === "run")).toHaveLength(5);
  expect(folded).toMatchObject({ count: 15, column: 1, from: "dataset_version:d" });
  expect(rows).toBe(6);
  expect(layoutLineage(many, { all: true }).nodes).toHaveLength(21);
});

test("a circle ends", () => {
  const circle = graph("version:m/1", [
    ["run:a", "became", "version:m/1"],
    ["version:m/1", "reproduced", "run:a"],
  ]);
  expect(layoutLineage(circle, { all: false }).nodes).toHaveLength(2);
});
