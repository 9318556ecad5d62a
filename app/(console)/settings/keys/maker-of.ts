import { listServiceAccounts } from "#lib/auth/list-service-accounts.ts";
import { hasScope, SCOPES, type Scope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { listModels } from "#lib/registry/index.ts";
import { listDeploymentNames } from "#lib/serving/index.ts";

/** What somebody who makes a key can choose from. */
export interface KeyMaker {
  scopes: readonly Scope[];
  models: readonly string[];
  deployments: readonly string[];
  /** For whom, besides oneself: an admin only. */
  accounts: readonly { id: string; name: string }[];
}

export async function makerOf(ctx: Ctx): Promise<KeyMaker> {
  const { scopes } = ctx.actor;
  const [models, deployments, accounts] = await Promise.all([
    listModels(ctx),
    listDeploymentNames(ctx),
    hasScope(scopes, "admin") ? listServiceAccounts(ctx) : [],
  ]);
  return {
    scopes: SCOPES.filter((scope) => hasScope(scopes, scope)),
    models: models.map(({ name }) => name),
    deployments,
    accounts: accounts.filter(({ disabledAt }) => disabledAt === null).map(({ id, name }) => ({ id, name })),
  };
}
