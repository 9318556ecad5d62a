import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { decodeNumberCursor, encodeCursor } from "#lib/platform/pagination.ts";
import { findDeployment } from "#lib/serving/deployments/find-deployment.ts";
import type { Deployment, DeploymentActivity, TrafficChange } from "#lib/serving/deployments/schemas.ts";
import { type StoredDeployment, selectActivity, selectTrafficTables } from "#lib/serving/store/deployments.ts";

/** The deployment without what only routers need: who knows the salt can choose their arm. */
export function toReply({ id: _, salt: __, ...deployment }: StoredDeployment): Deployment {
  return deployment;
}

/** @throws NotFoundError no such deployment in the project */
export async function getDeployment(ctx: Ctx, input: { name: string }): Promise<Deployment> {
  requireScope(ctx, "registry:read");
  return toReply(await findDeployment(ctx, input.name));
}

/**
 * Every table that a deployment had, newest first.
 *
 * @throws NotFoundError no such deployment in the project
 */
export async function getTrafficHistory(
  ctx: Ctx,
  input: { name: string; limit: number; cursor?: string | undefined },
): Promise<{ items: TrafficChange[]; nextCursor?: string }> {
  requireScope(ctx, "registry:read");
  const before = input.cursor === undefined ? null : decodeNumberCursor(input.cursor);
  const { id } = await findDeployment(ctx, input.name);
  const items = await selectTrafficTables(ctx, id, { limit: input.limit, before });
  const last = items.length === input.limit ? items.at(-1) : undefined;
  return last === undefined ? { items } : { items, nextCursor: encodeCursor([last.generation]) };
}

const ACTIVITY_MS = 24 * 60 * 60_000;

/**
 * What the versions of a deployment answered within a day, and how its shadows compared, up to a second ago.
 *
 * @throws NotFoundError no such deployment in the project
 */
export async function getActivity(ctx: Ctx, input: { name: string }): Promise<DeploymentActivity> {
  requireScope(ctx, "registry:read");
  const deployment = await findDeployment(ctx, input.name);
  const since = new Date(ctx.clock.now().getTime() - ACTIVITY_MS);
  return { since: since.toISOString(), ...(await selectActivity(ctx, deployment, since)) };
}
