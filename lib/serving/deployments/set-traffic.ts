import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { findLockedModel } from "#lib/registry/index.ts";
import { checkTraffic } from "#lib/serving/deployments/check-traffic.ts";
import { findDeployment } from "#lib/serving/deployments/find-deployment.ts";
import { toReply } from "#lib/serving/deployments/get-deployment.ts";
import { type Deployment, TrafficBody } from "#lib/serving/deployments/schemas.ts";
import { digestOf, recordOf, writeTraffic } from "#lib/serving/deployments/write-traffic.ts";
import { lockDeployments } from "#lib/serving/store/deployments.ts";

/**
 * Gives a deployment its next traffic table: who answers, with what weight, and who mirrors. Every process has it within a
 * second. The same table again changes nothing.
 *
 * @throws NotFoundError  no such deployment in the project
 * @throws ConflictError  `generation_moved`: somebody else changed the table meanwhile
 * @throws InvalidError   a version is not there or cannot be served; a protected model's table has no reason
 * @throws ForbiddenError `approval_required`: Production is protected, and a version that would answer was never approved
 */
export async function setTraffic(ctx: Ctx, input: { name: string } & TrafficBody): Promise<Deployment> {
  requireScope(ctx, "admin");
  const { name, ...rest } = input;
  const { traffic, reason = "", expectedGeneration } = TrafficBody.parse(rest);
  return withTransaction(ctx, async (tx) => {
    await lockDeployments(tx);
    const before = await findDeployment(tx, name);
    if (expectedGeneration !== undefined && expectedGeneration !== before.generation) {
      throw new ConflictError(`The table is of generation ${before.generation} by now.`, {
        code: "generation_moved",
        details: [
          {
            field: "expectedGeneration",
            problem: `is ${expectedGeneration}, the newest is ${before.generation}`,
            remedy: "Read the deployment anew, then decide again.",
          },
        ],
      });
    }
    const { modelName, isProtected } = before;
    await findLockedModel(tx, modelName);
    await checkTraffic(tx, { modelName, isProtected, traffic, reason });
    if (digestOf(before.traffic) === digestOf(traffic)) return toReply(before);
    const generation = await writeTraffic(tx, before, traffic, reason);
    audit(tx, {
      action: "deployment.traffic",
      subject: `deployment:${name}`,
      detail: { generation, before: recordOf(before.traffic), after: recordOf(traffic), reason },
    });
    await notify(tx.db, "assay_traffic", before.id);
    return toReply(await findDeployment(tx, name));
  });
}
