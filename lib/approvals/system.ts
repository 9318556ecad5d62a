import type { Actor, Ctx } from "#lib/platform/ctx.ts";

/** Who expires requests, carries out what was approved, and looks up what is judged; on record as `system:approvals`. */
export const APPROVALS_ACTOR = {
  type: "system",
  id: "approvals",
  scopes: ["approvals:read", "approvals:request", "registry:read", "registry:write", "tracking:read"],
} as const satisfies Actor;

/** The same context as the room itself: what is judged does not depend on what the caller may read. */
export function asRoom<C extends Ctx>(ctx: C): C {
  return { ...ctx, actor: APPROVALS_ACTOR };
}
