import type { Ctx } from "#lib/platform/ctx.ts";

/** Whoever acts is a person or a key, not a worker or the server itself. */
export function isClient(ctx: Ctx): boolean {
  return ctx.actor.type === "user" || ctx.actor.type === "apiKey";
}
