import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { lockTrace, removeAssessment, setAssessmentValid } from "#lib/tracking/store/assessments.ts";
import { noTrace } from "#lib/tracking/traces/trace-texts.ts";

/**
 * Deletes an assessment, for good; one that it had taken the place of counts again. What is not there is gone already.
 *
 * @throws NotFoundError no such trace in the project
 */
export async function deleteAssessment(ctx: Ctx, input: { traceId: string; id: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const { traceId, id } = input;
  await withTransaction(ctx, async (tx) => {
    if (!(await lockTrace(tx, traceId))) throw noTrace(traceId);
    const removed = await removeAssessment(tx, traceId, id);
    if (removed === undefined) return;
    if (removed.overrides !== null) await setAssessmentValid(tx, traceId, removed.overrides, true);
    const detail = { assessment: id, name: removed.name, kind: removed.kind };
    audit(tx, { action: "assessment.delete", subject: `trace:${traceId}`, detail });
  });
}
