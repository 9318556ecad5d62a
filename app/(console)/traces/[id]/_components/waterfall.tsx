import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { count } from "#app/_ui/format.ts";
import { spanDuration } from "#app/(console)/traces/_components/words.ts";
import type { TraceView } from "#lib/tracking/traces/get-trace-view.ts";

/** Deeper ones stand no further to the right: there has to be room for their names. */
const MAX_INDENT = 8;

/** The spans as a tree, each with its place in time. A click opens one. */
export function Waterfall({ trace, selected }: { trace: TraceView; selected: string | undefined }) {
  const { spans, spanCount } = trace;
  const end = spans.reduce((latest, span) => Math.max(latest, span.offsetMs + (span.durationMs ?? 0)), 0);
  const share = (milliseconds: number) => (end === 0 ? 0 : (milliseconds / end) * 100);
  return (
    <Card
      title="Spans"
      aside={<span className="text-xs text-muted-foreground">{end > 0 && `over ${spanDuration(end)}`}</span>}
      flush
    >
      {spans.length === 0 ? (
        <p className="p-4 text-muted-foreground">No span of this trace has come yet.</p>
      ) : (
        <ol className="max-h-[70vh] overflow-y-auto">
          {spans.map((span) => (
            <li key={span.id} className="border-b border-border last:border-b-0">
              <Link
                href={`/traces/${trace.id}?span=${span.id}`}
                replace
                scroll={false}
                aria-current={span.id === selected ? "true" : undefined}
                className="block px-4 py-1.5 text-xs outline-offset-[-2px] hover:bg-muted aria-[current=true]:bg-accent aria-[current=true]:text-accent-foreground"
              >
                <span
                  className="flex items-center gap-2"
                  style={{ paddingLeft: `${Math.min(span.depth, MAX_INDENT) * 0.875}rem` }}
                >
                  {span.status === "ERROR" && (
                    <>
                      <TriangleAlert className="size-3.5 shrink-0 text-danger" aria-hidden />
                      <span className="sr-only">Failed: </span>
                    </>
                  )}
                  <span className="truncate font-medium">{span.name || "(no name)"}</span>
                  {span.type !== null && <span className="shrink-0 text-muted-foreground">{span.type}</span>}
                  <span className="tabular ml-auto shrink-0">{spanDuration(span.durationMs)}</span>
                </span>
                <span className="mt-1 block h-1.5 rounded-sm bg-muted" aria-hidden>
                  <span
                    className={cn(
                      "block h-full min-w-0.5 rounded-sm",
                      span.status === "ERROR" ? "bg-danger" : "bg-primary",
                    )}
                    style={{
                      marginLeft: `min(${share(span.offsetMs)}%, 100% - 2px)`,
                      width: `${share(span.durationMs ?? 0)}%`,
                    }}
                  />
                </span>
              </Link>
            </li>
          ))}
        </ol>
      )}
      {spanCount > spans.length && (
        <p className="border-t border-border px-4 py-2 text-xs text-muted-foreground">
          The first {count(spans.length)} of {count(spanCount)} spans. All of them: GET /api/3.0/mlflow/traces/get.
        </p>
      )}
    </Card>
  );
}
