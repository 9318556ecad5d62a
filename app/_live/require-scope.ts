import { forbidden } from "next/navigation";
import { hasScope, type Scope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** For a page's layout, outside its skeleton: who lacks the scope gets the 403 page, with that status. */
export async function requirePageScope(scope: Scope): Promise<Ctx> {
  const ctx = await requireSession();
  if (!hasScope(ctx.actor.scopes, scope)) forbidden();
  return ctx;
}
