import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Names that one process remembers; beyond, those unused for the longest are asked for again. */
const REMEMBERED = 50_000;

// Ids never change once committed. By pool, so that two databases in one process do not mix. A Map keeps the order in
// which its entries were set: the first is the one unused for the longest.
const caches = new WeakMap<object, Map<string, number>>();

/** The dictionary ids of the project's metric names, made where missing. */
export async function metricKeyIds(ctx: Ctx, names: Iterable<string>): Promise<Map<string, number>> {
  const cache = caches.get(ctx.pool) ?? new Map<string, number>();
  caches.set(ctx.pool, cache);
  const slot = (name: string) => `${ctx.projectId}\n${name}`;
  const found = new Map<string, number>();
  const missing: string[] = [];
  for (const name of new Set(names)) {
    const id = cache.get(slot(name));
    if (id === undefined) {
      missing.push(name);
    } else {
      found.set(name, id);
      remember(cache, slot(name), id);
    }
  }
  if (missing.length > 0) {
    for (const { name, id } of await readOrMake(ctx, missing.sort())) {
      found.set(name, id);
      // A transaction may still roll the new name back.
      if (!("auditEntries" in ctx)) remember(cache, slot(name), id);
    }
  }
  return found;
}

function remember(cache: Map<string, number>, slot: string, id: number): void {
  cache.delete(slot);
  cache.set(slot, id);
  if (cache.size > REMEMBERED) {
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  }
}

async function readOrMake(ctx: Ctx, names: string[]): Promise<{ name: string; id: number }[]> {
  const select = "SELECT name, id FROM metric_key WHERE project_id = $1 AND name = ANY($2::text[])";
  const rows = await querySql<{ name: string; id: number }>(ctx, select, [ctx.projectId, names]);
  if (rows.length === names.length) {
    return rows;
  }
  // In the order of the names, so that two writers never wait for each other.
  await querySql(
    ctx,
    `INSERT INTO metric_key (project_id, name) SELECT $1, name FROM unnest($2::text[]) AS n(name)
     ON CONFLICT (project_id, name) DO NOTHING`,
    [ctx.projectId, names],
  );
  return querySql(ctx, select, [ctx.projectId, names]);
}
