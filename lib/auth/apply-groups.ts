import type { GroupRole, OidcConfig } from "#lib/auth/oidc-config.ts";
import { ROLES, type Role } from "#lib/auth/scopes.ts";
import {
  existingProjects,
  hasOtherAdmin,
  membershipsOf,
  type ProjectRole,
  removeGroupMembership,
  setGroupMembership,
  setInstanceRole,
} from "#lib/auth/store/identities.ts";
import type { UserRow } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Tx } from "#lib/platform/db.ts";

/** What a person's groups give: of several roles in one project the highest. */
export interface Granted {
  instanceAdmin: boolean;
  memberships: readonly ProjectRole[];
}

export function grantedBy(roles: readonly GroupRole[], groups: readonly string[]): Granted {
  const held = roles.filter(({ group }) => groups.includes(group)).map(({ target }) => target);
  const best = new Map<string, { projectId: string; role: Role }>();
  for (const target of held) {
    if ("instance" in target) continue;
    const present = best.get(target.projectId);
    const isHigher = present === undefined || ROLES.indexOf(target.role) > ROLES.indexOf(present.role);
    if (isHigher) best.set(target.projectId, target);
  }
  return { instanceAdmin: held.some((target) => "instance" in target), memberships: [...best.values()] };
}

/** Whether the provider's groups say who is an admin of the instance. */
export function decidesInstanceRole(config: Pick<OidcConfig, "roles">): boolean {
  return config.roles.some(({ target }) => "instance" in target);
}

/**
 * Sets anew what the provider's groups give a person, and takes away what they no longer give. Memberships that were made
 * by hand stay. Where a group is mapped to the instance's admin, the provider decides who is one; only the last admin is
 * not taken away.
 *
 * @returns whether the person may do anything at all
 */
export async function applyGroups(
  tx: Tx,
  user: Pick<UserRow, "id" | "role">,
  granted: Granted,
  config: Pick<OidcConfig, "roles">,
): Promise<boolean> {
  const subject = `user:${user.id}`;
  const actor = subject;
  const present = await membershipsOf(tx.db, user.id);
  const projects = await existingProjects(
    tx.db,
    granted.memberships.map(({ projectId }) => projectId),
  );
  const wanted = granted.memberships.filter(({ projectId }) => projects.has(projectId));
  const byHand = new Set(present.filter(({ source }) => source !== "oidc").map(({ projectId }) => projectId));

  for (const membership of wanted) {
    const before = present.find(({ projectId }) => projectId === membership.projectId);
    if (byHand.has(membership.projectId) || before?.role === membership.role) continue;
    await setGroupMembership(tx.db, user.id, membership);
    const detail = { source: "oidc", before: before?.role ?? null, role: membership.role };
    audit(tx, { actor, chain: `project:${membership.projectId}`, action: "membership.set", subject, detail });
  }
  for (const { projectId, role, source } of present) {
    if (source !== "oidc" || wanted.some((membership) => membership.projectId === projectId)) continue;
    await removeGroupMembership(tx.db, user.id, projectId);
    const detail = { source: "oidc", before: role };
    audit(tx, { actor, chain: `project:${projectId}`, action: "membership.remove", subject, detail });
  }
  const isAdmin = await applyInstanceRole(tx, user, granted, config);
  return isAdmin || wanted.length > 0 || byHand.size > 0;
}

/** Returns whether the person is an admin of the instance now. */
async function applyInstanceRole(
  tx: Tx,
  user: Pick<UserRow, "id" | "role">,
  granted: Granted,
  config: Pick<OidcConfig, "roles">,
): Promise<boolean> {
  const isAdmin = user.role === "admin";
  if (!decidesInstanceRole(config) || isAdmin === granted.instanceAdmin) return isAdmin;
  if (isAdmin && !(await hasOtherAdmin(tx.db, user.id))) {
    tx.logger.warn({ userId: user.id }, "the last admin keeps the role that the provider's groups no longer give");
    return true;
  }
  const role = granted.instanceAdmin ? "admin" : "user";
  await setInstanceRole(tx.db, user.id, role);
  const detail = { source: "oidc", before: user.role, role };
  audit(tx, {
    actor: `user:${user.id}`,
    chain: "instance",
    action: "user.set_role",
    subject: `user:${user.id}`,
    detail,
  });
  return granted.instanceAdmin;
}
