import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { SpanNode } from "#lib/tracking/traces/arrange-spans.ts";

/** What a span is called and when it was. */
export interface SpanHead extends SpanNode {
  name: string;
  /** What the client says it is, such as RETRIEVER. */
  type: string | null;
  status: "OK" | "ERROR" | "UNSET";
}

/** The spans that began first, and how many there are. */
export async function selectSpanHeads(
  ctx: Ctx,
  traceId: string,
  limit: number,
): Promise<{ spans: SpanHead[]; count: number }> {
  const rows = await querySql<{
    id: string;
    parent_id: string | null;
    name: string;
    type: string | null;
    status: SpanHead["status"];
    start_ns: string;
    end_ns: string;
    count: number;
  }>(
    ctx,
    `SELECT s.id, encode(decode(s.content::jsonb ->> 'parent_span_id', 'base64'), 'hex') AS parent_id, s.name, s.type,
       s.status, s.start_ns::text AS start_ns, s.content::jsonb ->> 'end_time_unix_nano' AS end_ns, t.span_count AS count
     FROM trace t JOIN trace_span s ON s.project_id = t.project_id AND s.trace_id = t.id
     WHERE t.project_id = $1 AND t.id = $2 ORDER BY s.start_ns, s.id LIMIT $3::text::int`,
    [ctx.projectId, traceId, String(limit)],
  );
  return {
    spans: rows.map(({ id, parent_id: parentId, name, type, status, start_ns: start, end_ns: end }) => ({
      ...{ id, parentId, name, type, status },
      ...{ startNs: BigInt(start), endNs: BigInt(end) },
    })),
    count: rows[0]?.count ?? 0,
  };
}

/** OpenTelemetry's Span as JSON of protocol buffers. */
export async function selectSpanContent(ctx: Ctx, traceId: string, spanId: string): Promise<string | undefined> {
  const [row] = await querySql<{ content: string }>(
    ctx,
    "SELECT content FROM trace_span WHERE project_id = $1 AND trace_id = $2 AND id = $3",
    [ctx.projectId, traceId, spanId],
  );
  return row?.content;
}
