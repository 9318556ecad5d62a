import type { Ctx } from "#lib/platform/ctx.ts";

/**
 * Runs one statement where `ctx` stands: through the shared pool, or inside the transaction when `ctx` is in one. For the
 * hot statements of a `store.ts` that may be called either way. `text` has `$1` placeholders.
 *
 * The two drivers turn big integers and floats into different JavaScript values, so a statement casts what it returns to
 * text, int or bool, and takes arrays as `text[]` that it casts itself (this also carries NaN and the infinities).
 */
export async function querySql<Row>(ctx: Ctx, text: string, params: readonly unknown[] = []): Promise<Row[]> {
  if ("auditEntries" in ctx) {
    return ctx.db.$queryRawUnsafe<Row[]>(text, ...params);
  }
  const { rows } = await ctx.pool.query(text, [...params]);
  return rows as Row[];
}
