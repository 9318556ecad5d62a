import type { Gate } from "#lib/approvals/evidence/schemas.ts";
import type { PolicyBody, Threshold } from "#lib/approvals/policy-schemas.ts";

/**
 * In what a policy asks more than another; empty: in nothing. An open request made under the older one is then over, since
 * its reviewers would have approved by rules that do not hold any more. What cannot be compared counts as stricter. Pure.
 */
export function tightenedBy(older: PolicyBody, newer: PolicyBody): string[] {
  const found: string[] = [];
  const check = (isStricter: boolean, what: string) => {
    if (isStricter) found.push(what);
  };
  for (const threshold of newer.thresholds) {
    const before = older.thresholds.find(({ name }) => name === threshold.name);
    check(before === undefined || isStricterThreshold(before, threshold), `threshold ${threshold.name}`);
  }
  const duties = newer.separationOfDuties;
  check(duties.requester && !older.separationOfDuties.requester, "separation of duties: requester");
  check(duties.contributors && !older.separationOfDuties.contributors, "separation of duties: contributors");
  for (const gate of newer.gates) {
    const isCovered = older.gates.some((before) => isAtLeast(before, gate));
    check(!isCovered, `gate ${gate.kind}`);
  }
  check(newer.validForHours < older.validForHours, "validity");
  check(newer.expiresAfterHours < older.expiresAfterHours, "expiry");
  check(newer.commentRequired && !older.commentRequired, "comments");
  check((newer.reauthenticateMinutes ?? Infinity) < (older.reauthenticateMinutes ?? Infinity), "re-authentication");
  check(newer.secondFactor && !older.secondFactor, "second factor");
  check(older.breakGlass.allowed && !newer.breakGlass.allowed, "break-glass");
  for (const risk of ["low", "medium", "high"] as const) {
    const [before, after] = [older, newer].map(({ riskOverrides }) => riskOverrides?.[risk]?.approvals ?? 0);
    check((after ?? 0) > (before ?? 0), `approvals at ${risk} risk`);
  }
  return found;
}

function isStricterThreshold(before: Threshold, after: Threshold): boolean {
  const lost = (key: "roles" | "users" | "services") => {
    const kept: readonly string[] = after[key];
    return before[key].some((one) => !kept.includes(one));
  };
  return (
    after.approvals > before.approvals || after.deny < before.deny || lost("roles") || lost("users") || lost("services")
  );
}

/** Whether what `before` lets through, `after` lets through as well. */
function isAtLeast(before: Gate, after: Gate): boolean {
  if (before.kind !== after.kind) return false;
  if (!("threshold" in before) || !("threshold" in after)) return true;
  const isFloor = before.kind === "accuracy_lower_bound";
  return isFloor ? before.threshold >= after.threshold : before.threshold <= after.threshold;
}
