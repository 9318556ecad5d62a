import type { Ctx } from "#lib/platform/ctx.ts";

/**
 * Runs one statement where `ctx` stands: through the shared pool, or inside the transaction when `ctx` is in one. For the
 * hot statements of a `store.ts` that may be called either way. `text` has `$1` placeholders.
 *
 * The two drivers turn big integers and floats into different JavaScript values, so a statement casts what it returns to
 * text, int or bool, and takes arrays as `text[]` that it casts itself (this also carries NaN and the infinities).
 *
 * @param options.name the pool's connections keep the statement planned under this name: always the same text
 */
export async function querySql<Row>(
  ctx: Ctx,
  text: string,
  params: readonly unknown[] = [],
  options: { name?: string } = {},
): Promise<Row[]> {
  if ("auditEntries" in ctx) {
    return ctx.db.$queryRawUnsafe<Row[]>(text, ...params);
  }
  const { rows } = await ctx.pool.query({ text, values: [...params], ...options });
  return rows as Row[];
}
