import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { findMismatches } from "#lib/record/reconcile-production.ts";
import type { ReconcileReport } from "#lib/record/schemas.ts";
import { tryLock } from "#lib/record/store/chains.ts";
import { keepFindings } from "#lib/record/store/reconcile.ts";

/**
 * Reconciles every project. What is found is on record when it is not what was found the last time. One process at a time.
 *
 * @returns null: another process does it at this moment
 */
export async function keepReconciled(ctx: Ctx): Promise<ReconcileReport | null> {
  requireScope(ctx, "instance");
  return withTransaction(ctx, async (tx) => {
    if (!(await tryLock(tx, "reconcile"))) {
      return null;
    }
    const report = await findMismatches(tx, null);
    const findings = report.mismatches.map(({ projectId, kind, message }) => `${projectId} ${kind}: ${message}`).sort();
    if (await keepFindings(tx, findings)) {
      audit(tx, { chain: "instance", action: "record.reconcile", subject: "production", detail: { findings } });
    }
    return report;
  });
}
