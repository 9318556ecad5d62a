import type { Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError, UnauthenticatedError } from "#lib/platform/errors.ts";

/**
 * Everything that a key or a role can be allowed within its project. `admin` implies all of the project's; `instance` is
 * apart: people, projects and the instance's own record.
 */
export const SCOPES = [
  "tracking:read",
  "tracking:write",
  "training:write",
  "registry:read",
  "registry:write",
  "datasets:read",
  "datasets:write",
  "serving:predict",
  "approvals:read",
  "approvals:request",
  "approvals:review",
  "audit:read",
  "admin",
  "instance",
] as const;
export type Scope = (typeof SCOPES)[number];

/** Roles within a project, from the least. */
export const ROLES = ["viewer", "member", "reviewer", "admin"] as const;
export type Role = (typeof ROLES)[number];

const VIEWER: readonly Scope[] = [
  "tracking:read",
  "registry:read",
  "datasets:read",
  "serving:predict",
  "approvals:read",
];
const MEMBER: readonly Scope[] = [
  ...VIEWER,
  "tracking:write",
  "training:write",
  "datasets:write",
  "registry:write",
  "approvals:request",
];
const REVIEWER: readonly Scope[] = [...MEMBER, "approvals:review", "audit:read"];
const ADMIN: readonly Scope[] = SCOPES.filter((scope) => scope !== "instance");

const ROLE_SCOPES: Record<Role, readonly Scope[]> = {
  viewer: VIEWER,
  member: MEMBER,
  reviewer: REVIEWER,
  admin: ADMIN,
};

/** What a role may do; nothing for a role that this version does not know. */
export function scopesOfRole(role: string): readonly Scope[] {
  return Object.hasOwn(ROLE_SCOPES, role) ? ROLE_SCOPES[role as Role] : [];
}

/** Whether these scopes allow that one: `admin` implies every scope but `instance`. */
export function hasScope(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || (scope !== "instance" && scopes.includes("admin"));
}

/**
 * The first line of a guarded verb.
 *
 * @throws UnauthenticatedError nobody is known
 * @throws ForbiddenError the actor is known, but lacks the scope
 */
export function requireScope(ctx: Pick<Ctx, "actor">, scope: Scope): void {
  const { actor } = ctx;
  if (hasScope(actor.scopes, scope)) {
    return;
  }
  if (actor.type === "anonymous") {
    throw new UnauthenticatedError();
  }
  throw new ForbiddenError(`This needs the scope ${scope}.`, {
    details: [
      { field: "scope", problem: `${scope} is missing`, remedy: "Ask an admin for a key or role that has it." },
    ],
  });
}
