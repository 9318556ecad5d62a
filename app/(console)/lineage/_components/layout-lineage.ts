import type { LineageEdge, LineageGraph, LineageNode } from "#lib/record/schemas.ts";

interface PlacedNode extends LineageNode {
  column: number;
  /** From the top of the picture, in rows; halves where a column stands in the middle. */
  row: number;
}
/** Always from cause to effect. */
type PlacedEdge = LineageEdge;
export interface LineageLayout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  columns: number;
  rows: number;
  /** Runs that led to nothing and have no room of their own. */
  folded: { count: number; column: number; row: number; from: string } | null;
}

/** So many runs that led to nothing are drawn one by one. */
const LEAVES = 6;

/**
 * What a thing comes from at its left, what came of it at its right; what only shares a cause with it is left out. Causes
 * stand left of their effects whatever the kinds. `all`: also every run that led to nothing.
 */
export function layoutLineage(graph: LineageGraph, options: { all: boolean }): LineageLayout {
  // A strategy is the cause of its runs.
  const causal = graph.edges.map((edge) =>
    edge.kind === "member_of" ? { ...edge, from: edge.to, to: edge.from } : edge,
  );
  const kept = relatives(graph.from, causal);
  for (const { kind, from, to } of causal) if (kind === "approved" && kept.has(to)) kept.add(from);
  const edges = causal.filter(({ from, to }) => kept.has(from) && kept.has(to) && from !== to);
  const nodes = graph.nodes.filter(({ id }) => kept.has(id));
  const columnOf = columns(nodes, edges);

  const leaves = nodes.filter(
    ({ id, kind }) => kind === "run" && id !== graph.from && edges.every(({ from }) => from !== id),
  );
  const isFolding = !options.all && leaves.length > LEAVES;
  const folded = new Set(isFolding ? leaves.slice(LEAVES - 1).map(({ id }) => id) : []);
  const shown = nodes.filter(({ id }) => !folded.has(id));
  const lines = edges.filter(({ from, to }) => !folded.has(from) && !folded.has(to));
  const foldedInto = edges.find(({ to }) => folded.has(to));
  const foldedColumn = Math.min(...[...folded].map((id) => columnOf.get(id) ?? 0));

  const count = Math.max(1, ...shown.map(({ id }) => (columnOf.get(id) ?? 0) + 1));
  const stacks = Array.from({ length: count }, (_, column) => shown.filter(({ id }) => columnOf.get(id) === column));
  const height = (column: number) =>
    (stacks[column]?.length ?? 0) + (folded.size > 0 && column === foldedColumn ? 1 : 0);
  const rows = Math.max(1, ...stacks.map((_, column) => height(column)));
  const rowOf = new Map<string, number>();
  const placed = stacks.flatMap((stack, column) => {
    const wanted = (id: string) => {
      const causes = lines.flatMap(({ from, to }) => (to === id && rowOf.has(from) ? [rowOf.get(from) ?? 0] : []));
      return causes.length === 0 ? 0 : causes.reduce((sum, row) => sum + row, 0) / causes.length;
    };
    const top = (rows - height(column)) / 2;
    return stack
      .map((node, place) => ({ node, place, wanted: wanted(node.id) }))
      .sort((a, b) => a.wanted - b.wanted || a.place - b.place)
      .map(({ node }, index): PlacedNode => {
        rowOf.set(node.id, top + index);
        return { ...node, column, row: top + index };
      });
  });
  return {
    nodes: placed,
    edges: lines,
    columns: count,
    rows,
    folded:
      folded.size === 0
        ? null
        : {
            count: folded.size,
            column: foldedColumn,
            row: (rows - height(foldedColumn)) / 2 + (stacks[foldedColumn]?.length ?? 0),
            from: foldedInto?.from ?? graph.from,
          },
  };
}

/** All causes of causes, and all effects of effects. */
function relatives(start: string, edges: readonly LineageEdge[]): Set<string> {
  const follow = (next: (id: string) => string[]) => {
    const found = new Set([start]);
    for (const id of found) for (const one of next(id)) found.add(one);
    return found;
  };
  const causes = follow((id) => edges.flatMap(({ from, to }) => (to === id ? [from] : [])));
  const effects = follow((id) => edges.flatMap(({ from, to }) => (from === id ? [to] : [])));
  return new Set([...causes, ...effects]);
}

/** The longest way from a first cause; what goes round in a circle stops after as many steps as there are nodes. */
function columns(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): Map<string, number> {
  const column = new Map(nodes.map(({ id }) => [id, 0]));
  for (let step = 0; step < Math.min(nodes.length, 12); step++) {
    for (const { from, to } of edges) {
      column.set(to, Math.min(12, Math.max(column.get(to) ?? 0, (column.get(from) ?? 0) + 1)));
    }
  }
  // An approval stands right before what it let through, not at the far left.
  for (const { kind, from, to } of edges)
    if (kind === "approved") column.set(from, Math.max(0, (column.get(to) ?? 1) - 1));
  const used = [...new Set(column.values())].sort((a, b) => a - b);
  return new Map([...column].map(([id, place]) => [id, used.indexOf(place)]));
}
