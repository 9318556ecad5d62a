import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { findWritableOwner } from "#lib/tracking/files/find-owner.ts";
import { putFile } from "#lib/tracking/files/put-file.ts";
import { decodeTraceFile } from "#lib/tracking/traces/decode-trace-file.ts";
import { logSpans, traceIdOf } from "#lib/tracking/traces/log-spans.ts";

/**
 * Takes the file in which older clients send a trace's spans: they become spans of the trace as any other, and the file is
 * kept, since those clients read it back.
 *
 * @throws InvalidError       not such a file, or of another trace
 * @throws NotFoundError      no such trace
 * @throws ConflictError      its experiment is deleted
 * @throws LimitExceededError the trace would be too large
 */
export async function putTraceFile(
  ctx: Ctx,
  input: { traceId: string; experimentId: string; path: string; body: Uint8Array },
): Promise<void> {
  requireScope(ctx, "tracking:write");
  const { traceId, experimentId, path, body } = input;
  const of = { kind: "trace" as const, id: traceId, experimentId };
  await findWritableOwner(ctx, of);
  const spans = decodeTraceFile(body);
  if (spans.some((span) => traceIdOf(span) !== traceId)) {
    throw new InvalidError(`The file has spans of another trace than '${traceId}'.`, {
      details: [{ field: "body", problem: "spans of another trace", remedy: "Send each trace its own spans." }],
    });
  }
  if (spans.length > 0) await logSpans(ctx, { experimentId, spans });
  await putFile(ctx, { of, path, source: body });
}
