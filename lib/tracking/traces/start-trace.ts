import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import type { GivenAssessment } from "#lib/tracking/assessments/assessment.ts";
import { addToldAssessments } from "#lib/tracking/assessments/create-assessment.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import { selectTraces, type TraceInfo, upsertToldTrace } from "#lib/tracking/store/traces.ts";
import { inAnotherExperiment } from "#lib/tracking/traces/log-spans.ts";
import { requireTraceId, takePreview, takeTraceEntries, withSpansTag } from "#lib/tracking/traces/trace-texts.ts";

/** What a client tells of a trace, with what it already holds of it. */
export type ToldTrace = TraceInfo & { assessments?: readonly GivenAssessment[] };

/**
 * Records what a client tells of a trace, which it does at the trace's end, before or after the spans. Again takes the
 * place of the first, but tags and metadata are added.
 *
 * @returns the trace as JSON
 * @throws InvalidError  an id, a key or a number of entries that is not allowed
 * @throws NotFoundError no such experiment in the project
 * @throws ConflictError the experiment is deleted, or the trace is another experiment's
 */
export async function startTrace(ctx: Ctx, input: ToldTrace): Promise<string> {
  requireScope(ctx, "tracking:write");
  requireTraceId(input.id);
  const taken = {
    ...input,
    tags: withSpansTag(takeTraceEntries(input.tags, "tags")),
    metadata: takeTraceEntries(input.metadata, "trace_metadata"),
    requestPreview: takePreview(input.requestPreview),
    responsePreview: takePreview(input.responsePreview),
  };
  return withTransaction(ctx, async (tx) => {
    const experiment = await findActiveExperiment(tx, input.experimentId);
    const isKept = await upsertToldTrace(tx, { ...taken, experimentId: experiment.id });
    if (isKept) await addToldAssessments(tx, input.id, input.assessments ?? []);
    const [json] = await selectTraces(tx, [input.id], { spans: false });
    if (!isKept || json === undefined) throw inAnotherExperiment(input.id);
    return json;
  });
}
