import type { SessionSummary } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { listSessionRows } from "#lib/auth/store/sessions.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { UnauthenticatedError } from "#lib/platform/errors.ts";

/**
 * The actor's own open sessions, the latest used first; with the scope `instance` any person's.
 *
 * @param input.currentId marks the one that asks
 */
export async function listSessions(
  ctx: Ctx,
  input: { currentId?: string | undefined; userId?: string | undefined },
): Promise<SessionSummary[]> {
  const userId = requireSessionsOf(ctx, input.userId);
  const rows = await listSessionRows(ctx.db, userId, ctx.clock.now());
  return rows.map((row) => ({
    id: row.id,
    current: row.id === input.currentId,
    method: row.method === "oidc" ? "oidc" : "password",
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ip: row.ip,
    userAgent: row.userAgent,
  }));
}

/**
 * Whose sessions an act is about: the actor's own, or another person's that an admin of the instance names.
 *
 * @throws UnauthenticatedError nobody is named, and the actor is not a signed-in person
 * @throws ForbiddenError       another person is named without the scope `instance`
 */
export function requireSessionsOf(ctx: Ctx, userId: string | undefined): string {
  const { actor } = ctx;
  const own = actor.type === "user" ? actor.id : undefined;
  if (userId !== undefined && userId !== own) {
    requireScope(ctx, "instance");
    return userId;
  }
  if (own === undefined) throw new UnauthenticatedError("Only a signed-in person has sessions.");
  return own;
}
