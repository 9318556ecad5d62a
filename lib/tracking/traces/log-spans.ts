import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, LimitExceededError } from "#lib/platform/errors.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import {
  type TraceInfo,
  type TraceSize,
  type TraceState,
  upsertShownTrace,
  upsertSpans,
} from "#lib/tracking/store/traces.ts";
import type { DecodedSpan } from "#lib/tracking/traces/span-draft.ts";
import { takeTraceValue, withSpansTag } from "#lib/tracking/traces/trace-texts.ts";

/** Of one trace, in spans and in bytes of their JSON: it is read whole. */
const MAX_TRACE_SPANS = 50_000;
const MAX_TRACE_BYTES = 100 * 1024 * 1024;

/**
 * Records spans, all or none, and the traces they are of. A span that is sent again takes the place of the first.
 *
 * @throws NotFoundError      no such experiment in the project
 * @throws ConflictError      the experiment is deleted, or a trace is another experiment's
 * @throws LimitExceededError a trace would have more than 50,000 spans or 100 MB
 */
export async function logSpans(
  ctx: Ctx,
  input: { experimentId: string; spans: readonly DecodedSpan[] },
): Promise<void> {
  requireScope(ctx, "tracking:write");
  // A span may come twice in a request: the later one counts.
  const spans = [...new Map(input.spans.map((span) => [`${span.otelTraceId}/${span.id}`, span])).values()];
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
    const sizes = await upsertSpans(
      tx,
      spans.map((span) => ({ traceId: traceIdOf(span), ...span })),
    );
    for (const size of sizes) requireTraceSize(size);
  });
}

export function inAnotherExperiment(id: string): ConflictError {
  return new ConflictError(`Trace '${id}' belongs to another experiment.`, { code: "trace_elsewhere" });
}

function requireTraceSize({ id, spans, bytes }: TraceSize): void {
  if (spans <= MAX_TRACE_SPANS && bytes <= MAX_TRACE_BYTES) return;
  const problem = spans > MAX_TRACE_SPANS ? `more than ${MAX_TRACE_SPANS} spans` : "more than 100 MB of spans";
  throw new LimitExceededError("too_large", `Trace '${id}' would have ${problem}.`, {
    details: [{ field: "body", problem, remedy: "Trace less at once, or with shorter inputs and outputs." }],
  });
}

/** As MLflow's clients name a trace. */
export function traceIdOf({ otelTraceId }: { otelTraceId: string }): string {
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
