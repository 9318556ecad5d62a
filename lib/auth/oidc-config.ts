import { ROLES, type Role } from "#lib/auth/scopes.ts";
import type { ServerEnv } from "#lib/platform/env.ts";

/** What a group of the provider's gives: a role in a project, or the instance's admin. */
export interface GroupRole {
  group: string;
  target: { instance: true } | { projectId: string; role: Role };
}

export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the sign-in button says: `Continue with <name>`. */
  name: string;
  scopes: string;
  groupsClaim: string;
  roles: readonly GroupRole[];
  /** Whether a person that nobody invited gets an account, if one of their groups gives a role. */
  allowSignUp: boolean;
}

/**
 * The provider of the environment; undefined when there is none.
 *
 * @throws Error the variables do not fit together
 */
export function oidcConfig(env: ServerEnv): OidcConfig | undefined {
  const { ASSAY_OIDC_ISSUER: issuer, ASSAY_OIDC_CLIENT_ID: clientId, ASSAY_OIDC_CLIENT_SECRET: clientSecret } = env;
  if (issuer === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined) {
    throw new Error("ASSAY_OIDC_ISSUER needs ASSAY_OIDC_CLIENT_ID and ASSAY_OIDC_CLIENT_SECRET beside it");
  }
  return {
    issuer,
    clientId,
    clientSecret,
    name: env.ASSAY_OIDC_NAME,
    scopes: env.ASSAY_OIDC_SCOPES,
    groupsClaim: env.ASSAY_OIDC_GROUPS_CLAIM,
    roles: parseGroupRoles(env.ASSAY_OIDC_ROLES),
    allowSignUp: env.ASSAY_OIDC_ALLOW_SIGN_UP,
  };
}

/**
 * Reads `assay-admins=instance:admin,ml-team=default:member`. Groups whose names have commas (distinguished names of a
 * directory) are parted by `;` instead.
 *
 * @throws Error names the entry that is wrong
 */
export function parseGroupRoles(text: string): GroupRole[] {
  const entries = text.split(text.includes(";") ? ";" : ",").map((entry) => entry.trim());
  return entries.filter((entry) => entry !== "").map(parseEntry);
}

function parseEntry(entry: string): GroupRole {
  const match = /^(.+)=([a-z0-9][a-z0-9_-]*):([a-z]+)$/.exec(entry);
  const [, group = "", projectId = "", name = ""] = match ?? [];
  const role = ROLES.find((known) => known === name);
  if (match === null || role === undefined || (projectId === "instance" && role !== "admin")) {
    throw new Error(
      `ASSAY_OIDC_ROLES: ${JSON.stringify(entry)} is neither <group>=<project>:<${ROLES.join("|")}> nor <group>=instance:admin`,
    );
  }
  return { group, target: projectId === "instance" ? { instance: true } : { projectId, role } };
}
