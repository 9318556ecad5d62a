import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import { type TraceInfo, type TraceState, upsertShownTrace, upsertSpans } from "#lib/tracking/store/traces.ts";
import { type DecodedSpan, decodeSpans } from "#lib/tracking/traces/decode-spans.ts";
import { takeTraceValue, withSpansTag } from "#lib/tracking/traces/trace-texts.ts";

/**
 * Records the spans of an ExportTraceServiceRequest, all or none, and the traces they are of.
 *
 * @throws InvalidError  not such a request
 * @throws NotFoundError no such experiment in the project
 * @throws ConflictError the experiment is deleted, or a trace is another experiment's
 */
export async function logSpans(ctx: Ctx, input: { experimentId: string; body: Uint8Array }): Promise<void> {
  requireScope(ctx, "tracking:write");
  // A span may come twice in a request: the later one counts.
  const spans = [...new Map(decodeSpans(input.body).map((span) => [`${span.otelTraceId}/${span.id}`, span])).values()];
  const byTrace = new Map<string, DecodedSpan[]>();
  for (const span of spans) {
    const id = traceIdOf(span);
    const own = byTrace.get(id);
    if (own === undefined) byTrace.set(id, [span]);
    else own.push(span);
  }
  await withTransaction(ctx, async (tx) => {
    const experiment = await findActiveExperiment(tx, input.experimentId);
    // In one order, so that two requests never wait for each other.
    for (const [id, own] of [...byTrace].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const trace = shownBy(id, experiment.id, own);
      if (!(await upsertShownTrace(tx, trace))) throw inAnotherExperiment(id);
    }
    await upsertSpans(
      tx,
      spans.map((span) => ({ traceId: traceIdOf(span), ...span })),
    );
  });
}

export function inAnotherExperiment(id: string): ConflictError {
  return new ConflictError(`Trace '${id}' belongs to another experiment.`, { code: "trace_elsewhere" });
}

/** As MLflow's clients name a trace. */
function traceIdOf({ otelTraceId }: DecodedSpan): string {
  return `tr-${otelTraceId}`;
}

/** What spans of a trace show of it. Only the root's end is the trace's end. */
function shownBy(id: string, experimentId: string, spans: readonly DecodedSpan[]): TraceInfo {
  const root = spans.find(({ isRoot }) => isRoot);
  const starts = spans.map(({ startNs }) => toMillis(startNs));
  const ends = spans.filter(({ endNs }) => endNs > 0n).map(({ endNs }) => toMillis(endNs));
  const requestedAt = starts.reduce((a, b) => Math.min(a, b));
  return {
    id,
    experimentId,
    requestedAt,
    durationMs: ends.length === 0 ? null : ends.reduce((a, b) => Math.max(a, b)) - requestedAt,
    state: stateOf(root),
    requestPreview: null,
    responsePreview: null,
    clientRequestId: null,
    tags: withSpansTag(root === undefined ? {} : { "mlflow.traceName": takeTraceValue(root.name) }),
    metadata: {},
  };
}

function stateOf(root: DecodedSpan | undefined): TraceState {
  if (root === undefined || root.endNs === 0n) return "IN_PROGRESS";
  return root.failed ? "ERROR" : "OK";
}

function toMillis(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}
