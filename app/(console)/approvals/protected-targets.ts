import type { Policy } from "#lib/approvals/schemas.ts";

/** What of a model moves only by an approval: by its own policies and those for every model. */
export function protectedTargets(policies: readonly Policy[], modelName: string): string[] {
  const holding = policies.filter((policy) => policy.modelName === "*" || policy.modelName === modelName);
  return [...new Set(holding.map(({ target }) => target))].sort();
}
