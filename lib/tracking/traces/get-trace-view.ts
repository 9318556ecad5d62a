import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type SpanHead, selectSpanHeads } from "#lib/tracking/store/spans.ts";
import { selectTraces } from "#lib/tracking/store/traces.ts";
import { type Arranged, arrangeSpans } from "#lib/tracking/traces/arrange-spans.ts";
import { type TraceSummary, toTraceSummary } from "#lib/tracking/traces/trace-summary.ts";
import { noTrace } from "#lib/tracking/traces/trace-texts.ts";

/** The first ones; more are not looked through by eye. */
const MAX_SPANS = 1_000;

export interface TraceView extends TraceSummary {
  /** As a tree, in its order; what the spans hold is read one by one (`getSpan`). */
  spans: Arranged<SpanHead>[];
  /** How many spans the trace has in all. */
  spanCount: number;
}

/**
 * A trace and the shape of its spans.
 *
 * @throws NotFoundError no such trace in the project
 */
export async function getTraceView(ctx: Ctx, input: { id: string }): Promise<TraceView> {
  requireScope(ctx, "tracking:read");
  const [[json], heads] = await Promise.all([
    selectTraces(ctx, [input.id], { spans: false }),
    selectSpanHeads(ctx, input.id, MAX_SPANS),
  ]);
  if (json === undefined) throw noTrace(input.id);
  return { ...toTraceSummary(json), spans: arrangeSpans(heads.spans), spanCount: heads.count };
}
