import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { notify } from "#lib/platform/notify.ts";
import { findDeployment } from "#lib/serving/deployments/find-deployment.ts";
import { toReply } from "#lib/serving/deployments/get-deployment.ts";
import type { Deployment, UpdateDeploymentBody } from "#lib/serving/deployments/schemas.ts";
import { lockDeployments, makeDefault, updateAccess } from "#lib/serving/store/deployments.ts";

/**
 * Opens or closes a deployment to the public, or makes it the one that `/predict` means. What is so already changes nothing.
 *
 * @throws NotFoundError no such deployment in the project
 */
export async function updateDeployment(ctx: Ctx, input: { name: string } & UpdateDeploymentBody): Promise<Deployment> {
  requireScope(ctx, "admin");
  const { name, access, isDefault } = input;
  return withTransaction(ctx, async (tx) => {
    await lockDeployments(tx);
    const before = await findDeployment(tx, name);
    const opens = access !== undefined && access !== before.access;
    const leads = isDefault === true && !before.isDefault;
    if (!opens && !leads) return toReply(before);
    if (opens) await updateAccess(tx, before.id, access);
    if (leads) await makeDefault(tx, before.id);
    audit(tx, {
      action: "deployment.update",
      subject: `deployment:${name}`,
      detail: {
        before: { access: before.access, isDefault: before.isDefault },
        after: { access: access ?? before.access, isDefault: before.isDefault || leads },
      },
    });
    await notify(tx.db, "assay_traffic", before.id);
    return toReply(await findDeployment(tx, name));
  });
}
