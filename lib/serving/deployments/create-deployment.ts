import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { notify } from "#lib/platform/notify.ts";
import { findLockedModel } from "#lib/registry/index.ts";
import { checkTraffic } from "#lib/serving/deployments/check-traffic.ts";
import { findDeployment } from "#lib/serving/deployments/find-deployment.ts";
import { toReply } from "#lib/serving/deployments/get-deployment.ts";
import { CreateDeploymentBody, type Deployment } from "#lib/serving/deployments/schemas.ts";
import { recordOf, writeTraffic } from "#lib/serving/deployments/write-traffic.ts";
import { insertDeployment, lockDeployments, makeDefault, selectDeployments } from "#lib/serving/store/deployments.ts";

/**
 * Makes a route that answers with versions of a model. A project's first one is its default.
 *
 * @throws NotFoundError  no such model in the project
 * @throws ConflictError  the name is taken
 * @throws InvalidError | ForbiddenError as `setTraffic`
 */
export async function createDeployment(ctx: Ctx, input: CreateDeploymentBody): Promise<Deployment> {
  requireScope(ctx, "admin");
  const { name, modelName, access, isDefault = false, traffic, reason = "" } = CreateDeploymentBody.parse(input);
  return withTransaction(ctx, async (tx) => {
    await lockDeployments(tx);
    const others = await selectDeployments(tx);
    if (others.some((one) => one.name === name)) {
      throw new ConflictError(`There is a deployment ${name}.`, {
        code: "deployment_exists",
        details: [{ field: "name", problem: "is taken", remedy: "Choose another name." }],
      });
    }
    const model = await findLockedModel(tx, modelName);
    const id = newId("dep");
    await insertDeployment(tx, { id, name, modelName: model.name, access, isDefault: false });
    const becomesDefault = isDefault || !others.some((one) => one.isDefault);
    if (becomesDefault) await makeDefault(tx, id);
    const made = await findDeployment(tx, name);
    if (traffic !== undefined) {
      const { isProtected } = made;
      await checkTraffic(tx, { modelName: model.name, isProtected, traffic, reason });
      await writeTraffic(tx, made, traffic, reason);
    }
    audit(tx, {
      action: "deployment.create",
      subject: `deployment:${name}`,
      detail: {
        ...{ modelName: model.name, access, isDefault: becomesDefault, reason },
        ...(traffic !== undefined && { traffic: recordOf(traffic) }),
      },
    });
    await notify(tx.db, "assay_traffic", id);
    return toReply(await findDeployment(tx, name));
  });
}
