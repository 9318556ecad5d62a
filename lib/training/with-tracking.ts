import type { Ctx } from "#lib/platform/ctx.ts";

/**
 * The same actor, allowed what training does to its own runs: writing them is part of `training:write`, which the caller
 * has checked. On record stays who it is.
 */
export function withTracking<C extends Ctx>(ctx: C): C {
  const scopes = [...new Set([...ctx.actor.scopes, "tracking:read", "tracking:write"])];
  return { ...ctx, actor: { ...ctx.actor, scopes } };
}
