import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { noAssessment } from "#lib/tracking/assessments/assessment.ts";
import { selectAssessment } from "#lib/tracking/store/assessments.ts";

/**
 * An assessment as JSON.
 *
 * @throws NotFoundError the project has no such trace, or the trace no such assessment
 */
export async function getAssessment(ctx: Ctx, input: { traceId: string; id: string }): Promise<string> {
  requireScope(ctx, "tracking:read");
  const json = await selectAssessment(ctx, input.traceId, input.id);
  if (json === undefined) throw noAssessment(input.traceId, input.id);
  return json;
}
