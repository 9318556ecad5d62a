import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { findDeployment } from "#lib/serving/deployments/find-deployment.ts";
import { recordOf } from "#lib/serving/deployments/write-traffic.ts";
import { lockDeployments, removeDeployment, selectDeploymentNames } from "#lib/serving/store/deployments.ts";

/**
 * Ends a deployment with its tables; what it answered stays in the log. The default one goes last.
 *
 * @throws NotFoundError no such deployment in the project
 * @throws ConflictError `default_deployment`: `/predict` means it, and there are others
 */
export async function deleteDeployment(ctx: Ctx, input: { name: string; reason?: string }): Promise<void> {
  requireScope(ctx, "admin");
  const { name, reason = "" } = input;
  await withTransaction(ctx, async (tx) => {
    await lockDeployments(tx);
    const { id, modelName, access, isDefault, generation, traffic } = await findDeployment(tx, name);
    if (isDefault && (await selectDeploymentNames(tx)).length > 1) {
      throw new ConflictError(`${name} is the deployment that /predict means.`, {
        code: "default_deployment",
        details: [{ field: "name", problem: "is the default", remedy: "Make another one the default first." }],
      });
    }
    await removeDeployment(tx, id);
    audit(tx, {
      action: "deployment.delete",
      subject: `deployment:${name}`,
      detail: { modelName, access, isDefault, generation, traffic: recordOf(traffic), reason },
    });
    await notify(tx.db, "assay_traffic", id);
  });
}
