import { z } from "zod";

/** What is read of a provider's claims. Anything else in them is ignored. */
const Claims = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1).max(255),
  email: z.email().max(254).toLowerCase().optional().catch(undefined),
  // Some providers write it as a string.
  email_verified: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
    .optional()
    .catch(undefined),
  name: z.string().trim().min(1).max(100).optional().catch(undefined),
  preferred_username: z.string().trim().min(1).max(100).optional().catch(undefined),
});

/** A person as the provider describes them. */
export interface ProviderPerson {
  issuer: string;
  subject: string;
  email: string | undefined;
  /** Undefined when the provider does not say. */
  emailVerified: boolean | undefined;
  name: string;
  groups: readonly string[];
}

/**
 * @param claims of the ID token and of userinfo, whose signature, audience, nonce and subject have been checked
 * @throws z.ZodError no issuer or subject
 */
export function personOfClaims(claims: { [claim: string]: unknown }, groupsClaim: string): ProviderPerson {
  const { iss, sub, email, email_verified, name, preferred_username } = Claims.parse(claims);
  return {
    issuer: iss,
    subject: sub,
    email,
    emailVerified: email_verified,
    name: name ?? preferred_username ?? email ?? sub.slice(0, 100),
    groups: groupsOf(claims, groupsClaim),
  };
}

/** A list, a single name, or a path such as `realm_access.roles`. */
function groupsOf(claims: { [claim: string]: unknown }, path: string): string[] {
  const value = claims[path] ?? path.split(".").reduce<unknown>(childOf, claims);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((group) => typeof group === "string");
}

function childOf(parent: unknown, name: string): unknown {
  if (typeof parent !== "object" || parent === null) return undefined;
  return Object.entries(parent).find(([key]) => key === name)?.[1];
}
