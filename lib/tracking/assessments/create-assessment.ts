import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { LimitExceededError } from "#lib/platform/errors.ts";
import {
  assessmentIdOf,
  type GivenAssessment,
  newAssessmentId,
  noAssessment,
  takeAssessment,
} from "#lib/tracking/assessments/assessment.ts";
import {
  type AssessmentRow,
  countAssessments,
  insertAssessment,
  lockTrace,
  selectAssessment,
  setAssessmentValid,
} from "#lib/tracking/store/assessments.ts";
import { noTrace } from "#lib/tracking/traces/trace-texts.ts";

/** Of one trace: all are read with it. */
const MAX_ASSESSMENTS = 1_000;

/**
 * Records what somebody holds of a trace. One that it takes the place of counts no more.
 *
 * @returns the assessment as JSON
 * @throws InvalidError       a name, value or text that is not allowed
 * @throws NotFoundError      no such trace in the project, or the trace has no such assessment to take the place of
 * @throws LimitExceededError the trace has 1,000 already
 */
export async function createAssessment(
  ctx: Ctx,
  input: { traceId: string; assessment: GivenAssessment },
): Promise<string> {
  requireScope(ctx, "tracking:write");
  const { traceId, assessment } = input;
  const row = takeAssessment(ctx, assessment, newAssessmentId());
  return withTransaction(ctx, async (tx) => {
    if (!(await lockTrace(tx, traceId))) throw noTrace(traceId);
    if (row.overrides !== null && !(await setAssessmentValid(tx, traceId, row.overrides, false))) {
      throw noAssessment(traceId, row.overrides);
    }
    await addAssessments(tx, traceId, [row]);
    const json = await selectAssessment(tx, traceId, row.id);
    if (json === undefined) throw noAssessment(traceId, row.id);
    return json;
  });
}

/** Those that a client tells with the trace itself. The trace has to be locked. */
export async function addToldAssessments(tx: Tx, traceId: string, given: readonly GivenAssessment[]): Promise<void> {
  if (given.length === 0) return;
  const rows = given.map((one, index) => takeAssessment(tx, one, one.id ?? assessmentIdOf(one, index)));
  await addAssessments(tx, traceId, rows);
}

async function addAssessments(tx: Tx, traceId: string, rows: readonly AssessmentRow[]): Promise<void> {
  for (const row of rows) await insertAssessment(tx, traceId, row);
  if ((await countAssessments(tx, traceId)) <= MAX_ASSESSMENTS) return;
  const problem = `more than ${MAX_ASSESSMENTS} assessments`;
  throw new LimitExceededError("too_large", `Trace '${traceId}' would have ${problem}.`, {
    details: [{ field: "assessment", problem, remedy: "Delete or update those that are there." }],
  });
}
