import { scopesOfRole } from "#lib/auth/scopes.ts";
import { findSession } from "#lib/auth/store.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";

export interface ResolvedSession {
  sid: string;
  actor: Actor & { type: "user" };
  expiresAt: Date;
  lastSeenAt: Date;
  /** Until it is changed the actor has no scope at all. */
  mustChangePassword: boolean;
}

/** Whose session that is; null when it is unknown, over, revoked, or its account disabled. */
export async function resolveSession(ctx: Pick<Ctx, "db" | "clock">, sid: string): Promise<ResolvedSession | null> {
  const row = await findSession(ctx.db, sid);
  if (row === null || row.revokedAt !== null || row.expiresAt <= ctx.clock.now() || row.user.disabledAt !== null) {
    return null;
  }
  const { id, email, name, role, mustChangePassword } = row.user;
  const scopes = mustChangePassword ? [] : scopesOfRole(role);
  const { expiresAt, lastSeenAt } = row;
  return {
    sid,
    actor: { type: "user", id, email, name, scopes, sessionId: sid },
    expiresAt,
    lastSeenAt,
    mustChangePassword,
  };
}
