import { confinedScopes } from "#lib/auth/confinement.ts";
import { SCOPES, type Scope, scopesOfRole } from "#lib/auth/scopes.ts";
import type { PresentedKey } from "#lib/auth/store/api-keys.ts";
import type { Actor } from "#lib/platform/ctx.ts";

/**
 * A key as an actor; null when it does not hold: revoked, its project archived, its owner disabled or no longer a member.
 * Its scopes are those that it was given and its owner's role still has; confined to models or deployments, none that
 * reaches over the whole project.
 */
export function keyActor(key: PresentedKey): (Actor & { type: "apiKey" }) | null {
  if (key.revokedAt !== null || key.projectArchived || key.ownerDisabled) return null;
  const { id, name, userId, models, deployments } = key;
  const actor = { type: "apiKey", id, name, models, deployments } as const;
  const bound = (scopes: string[]) => (models.length + deployments.length > 0 ? confinedScopes(scopes) : scopes);
  if (userId === null) return { ...actor, scopes: bound(key.scopes) };
  const isInstanceAdmin = key.ownerInstanceRole === "admin";
  const role = isInstanceAdmin ? "admin" : key.ownerRole;
  if (role === null) return null;
  const owned = isInstanceAdmin ? SCOPES : scopesOfRole(role);
  return { ...actor, userId, isService: key.ownerKind === "service", role, scopes: bound(common(key.scopes, owned)) };
}

/** What both have. `admin` stands for every scope of the project. */
function common(given: readonly string[], owned: readonly Scope[]): string[] {
  if (!given.includes("admin")) return given.filter((scope) => owned.some((one) => one === scope));
  return owned.filter((scope) => scope !== "instance" || given.includes("instance"));
}
