import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import type { LineageEdge, LineageGraph, LineageNode, LineageQuery } from "#lib/record/schemas.ts";
import { type Link, selectLinks, selectNodes } from "#lib/record/store/lineage.ts";

/**
 * What something comes from and what came of it: dataset versions, runs, strategy runs, versions, deployments and approvals,
 * followed both ways from `from`. Nearest first; `truncated` says that depth or limit left something out.
 *
 * @throws NotFoundError there is no such thing in the project
 */
export async function getLineage(ctx: Ctx, query: LineageQuery): Promise<LineageGraph> {
  for (const scope of ["registry:read", "tracking:read", "datasets:read"] as const) requireScope(ctx, scope);
  const distances = new Map([[query.from, 0]]);
  const edges = new Map<string, LineageEdge>();
  let frontier = [query.from];
  let truncated = false;
  if ((await selectNodes(ctx, frontier)).length === 0) {
    throw new NotFoundError(query.from);
  }
  for (let depth = 1; frontier.length > 0; depth++) {
    // One more than fits, so that what is left out shows.
    const links = await selectLinks(ctx, frontier, query.limit + 1);
    truncated ||= links.length > query.limit;
    const next: string[] = [];
    for (const link of links) {
      const known = [link.from, link.to].filter((id) => distances.has(id));
      const found = [link.from, link.to].find((id) => !distances.has(id));
      if (found !== undefined && (depth > query.depth || distances.size >= query.limit)) {
        truncated = true;
        continue;
      }
      if (found !== undefined && known.length === 1) {
        distances.set(found, depth);
        next.push(found);
      }
      edges.set(keyOf(link), link);
    }
    frontier = next;
  }
  const nodes = (await selectNodes(ctx, [...distances.keys()])).map(
    (node): LineageNode => ({ ...node, distance: distances.get(node.id) ?? 0 }),
  );
  nodes.sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
  const shown = new Set(nodes.map((node) => node.id));
  return {
    from: query.from,
    nodes,
    edges: [...edges.values()].filter(({ from, to }) => shown.has(from) && shown.has(to)),
    truncated,
  };
}

function keyOf({ from, to, kind }: Link): string {
  return `${from} ${kind} ${to}`;
}
