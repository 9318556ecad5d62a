import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { type AssessmentValue, noAssessment, takeText, takeValue } from "#lib/tracking/assessments/assessment.ts";
import {
  changeAssessment,
  lockTrace,
  selectAssessment,
  selectAssessmentKind,
} from "#lib/tracking/store/assessments.ts";
import { noTrace, takeTraceEntries, takeTraceKey } from "#lib/tracking/traces/trace-texts.ts";

interface UpdateAssessment {
  traceId: string;
  id: string;
  name?: string | undefined;
  value?: AssessmentValue | undefined;
  rationale?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

/**
 * Changes what is given of an assessment; metadata is added. Its source and span stay.
 *
 * @returns the assessment as JSON
 * @throws InvalidError  feedback for an expectation or the other way, or a text that is not allowed
 * @throws NotFoundError the project has no such trace, or the trace no such assessment
 */
export async function updateAssessment(ctx: Ctx, input: UpdateAssessment): Promise<string> {
  requireScope(ctx, "tracking:write");
  const { traceId, id } = input;
  const change = {
    name: input.name === undefined ? undefined : takeTraceKey(input.name, "assessment_name"),
    value: input.value === undefined ? undefined : takeValue(input.value),
    rationale: input.rationale === undefined ? undefined : takeText(input.rationale, "rationale"),
    metadata: takeTraceEntries(input.metadata ?? {}, "metadata"),
    updatedAt: ctx.clock.now().getTime(),
  };
  return withTransaction(ctx, async (tx) => {
    if (!(await lockTrace(tx, traceId))) throw noTrace(traceId);
    const kind = await selectAssessmentKind(tx, traceId, id);
    if (kind === undefined) throw noAssessment(traceId, id);
    if (change.value !== undefined && change.value.kind !== kind) {
      throw new InvalidError(`Cannot update ${change.value.kind} value on an assessment that is ${kind}.`, {
        details: [{ field: change.value.kind, problem: `it is ${kind}`, remedy: `Send ${kind}, or make another one.` }],
      });
    }
    // An expectation has no rationale.
    await changeAssessment(tx, traceId, id, kind === "feedback" ? change : { ...change, rationale: undefined });
    const json = await selectAssessment(tx, traceId, id);
    if (json === undefined) throw noAssessment(traceId, id);
    return json;
  });
}
