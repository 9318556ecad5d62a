import { type PolicyBody, REVIEWING_ROLES, type Threshold } from "#lib/approvals/policy-schemas.ts";

/** Somebody as the project knows them now. Browser-safe and pure. */
export interface Standing {
  id: string;
  name: string;
  kind: "person" | "service";
  /** In the project; null: no member, or the account is disabled. */
  role: string | null;
  grants: readonly string[];
}

export type Reviewing = (typeof REVIEWING_ROLES)[number];

export function isReviewingRole(role: string | null): role is Reviewing {
  return (REVIEWING_ROLES as readonly (string | null)[]).includes(role);
}

/** Names of the thresholds that somebody's review counts for, separation of duties apart. */
export function thresholdsOf(policy: Pick<PolicyBody, "thresholds">, standing: Standing): string[] {
  return policy.thresholds.filter((threshold) => isIn(threshold, standing)).map(({ name }) => name);
}

function isIn(threshold: Threshold, { id, kind, role }: Standing): boolean {
  // A named person or service still has to be a member who may review.
  if (!isReviewingRole(role)) return false;
  return kind === "service"
    ? threshold.services.includes(id)
    : threshold.roles.includes(role) || threshold.users.includes(id);
}

/**
 * Whether one must not review what they asked for or made. Persons, not keys: two keys of one person are one, and who made
 * a robot's key asks with it.
 */
export function dutyConflict(
  request: {
    policy: { body: Pick<PolicyBody, "separationOfDuties"> };
    requestedBy: string;
    askers: readonly string[];
    contributors: readonly string[];
  },
  personId: string,
): "requester" | "contributor" | null {
  const { requester, contributors } = request.policy.body.separationOfDuties;
  if (requester && (request.requestedBy === personId || request.askers.includes(personId))) return "requester";
  return contributors && request.contributors.includes(personId) ? "contributor" : null;
}
