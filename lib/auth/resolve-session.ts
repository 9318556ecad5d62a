import { SCOPES, scopesOfRole } from "#lib/auth/scopes.ts";
import { findSession, type MembershipRow } from "#lib/auth/store/sessions.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";

type Person = Actor & { type: "user" };

/** The project of a person who is in none: no project can have this id. */
export const NO_PROJECT = "";
const DEFAULT_PROJECT = "default";

export interface ResolvedSession {
  sid: string;
  /** The person in their home project: `default` where they are a member, else the one they joined first. */
  actor: Person;
  projectId: string;
  expiresAt: Date;
  lastSeenAt: Date;
  /** Until it is changed the actor has no scope at all. */
  mustChangePassword: boolean;
  /** An admin of the instance is admin of every project. */
  isInstanceAdmin: boolean;
  memberships: readonly MembershipRow[];
}

/** Whose session that is; null when it is unknown, over, revoked, or its account disabled. */
export async function resolveSession(ctx: Pick<Ctx, "db" | "clock">, sid: string): Promise<ResolvedSession | null> {
  const row = await findSession(ctx.db, sid);
  if (row === null || row.revokedAt !== null || row.expiresAt <= ctx.clock.now() || row.user.disabledAt !== null) {
    return null;
  }
  const { id, email, name, role, mustChangePassword, memberships } = row.user;
  const person: Person = {
    ...{ type: "user", id, email, name, scopes: [], sessionId: sid },
    ...(row.authenticatedAt !== null && { authenticatedAt: row.authenticatedAt }),
    ...(row.secondFactorAt !== null && { secondFactorAt: row.secondFactorAt }),
  };
  const isInstanceAdmin = role === "admin";
  const home = isInstanceAdmin || isIn(memberships, DEFAULT_PROJECT) ? DEFAULT_PROJECT : memberships[0]?.projectId;
  const projectId = home ?? NO_PROJECT;
  const { expiresAt, lastSeenAt } = row;
  const known = {
    sid,
    actor: person,
    projectId,
    expiresAt,
    lastSeenAt,
    mustChangePassword,
    isInstanceAdmin,
    memberships,
  };
  return { ...known, actor: actorIn(known, projectId) ?? person };
}

/** The person as they are in that project; null where they are no member. Whether the project exists is not looked at. */
export function actorIn(session: ResolvedSession, projectId: string): Person | null {
  const { actor, memberships, isInstanceAdmin, mustChangePassword } = session;
  const membership = memberships.find((one) => one.projectId === projectId);
  if (membership === undefined && !isInstanceAdmin) return null;
  const role = isInstanceAdmin ? "admin" : membership?.role;
  const scopes = isInstanceAdmin ? SCOPES : scopesOfRole(role ?? "");
  return { ...actor, scopes: mustChangePassword ? [] : scopes, role, grants: membership?.grants ?? [] };
}

function isIn(memberships: readonly MembershipRow[], projectId: string): boolean {
  return memberships.some((one) => one.projectId === projectId);
}
