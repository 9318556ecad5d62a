import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { selectOlder, selectUnanchored } from "#lib/record/store/chains.ts";

/** What no checkpoint covers yet, over all chains. */
export async function measureAnchors(ctx: Ctx): Promise<{ unanchored: number; ageSeconds: number }> {
  requireScope(ctx, "instance");
  const { unanchored, oldestAt } = await selectUnanchored(ctx);
  const ageMs = oldestAt === null ? 0 : ctx.clock.now().getTime() - oldestAt.getTime();
  return { unanchored, ageSeconds: Math.max(0, ageMs / 1_000) };
}

/** Events that retention would allow to remove. The application itself may not: an operator runs `npm run audit -- prune`. */
export async function countPrunable(ctx: Ctx, input: { months: number }): Promise<number> {
  requireScope(ctx, "instance");
  const before = new Date(ctx.clock.now());
  before.setUTCMonth(before.getUTCMonth() - input.months);
  return selectOlder(ctx, before);
}
