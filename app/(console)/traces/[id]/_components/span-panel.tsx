import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { ScrollX } from "#app/_ui/scroll.tsx";
import { Fact, Table } from "#app/_ui/table.tsx";
import { spanDuration } from "#app/(console)/traces/_components/words.ts";
import type { SpanDetail } from "#lib/tracking/traces/get-span.ts";
import type { TraceView } from "#lib/tracking/traces/get-trace-view.ts";

const WORDS = { OK: "OK", ERROR: "Failed", UNSET: "No status" };
const TONES = { OK: "success", ERROR: "danger", UNSET: "neutral" } as const;

/** What the opened span was given, what it gave, and what it says of itself. */
export function SpanPanel({ span, detail }: { span: TraceView["spans"][number]; detail: SpanDetail }) {
  const { inputs, outputs, message, attributes, events } = detail;
  return (
    <Card
      title={span.name || "(no name)"}
      aside={
        <span className="flex items-center gap-2 text-xs text-muted-foreground">
          <Badge tone={TONES[span.status]}>{WORDS[span.status]}</Badge>
          {spanDuration(span.durationMs)}, from {spanDuration(span.offsetMs)} on
        </span>
      }
    >
      <div className="space-y-4">
        {message !== null && <p className="wrap-anywhere text-danger">{message}</p>}
        <Text title="Inputs" text={inputs} />
        <Text title="Outputs" text={outputs} />
        {events.map((event, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may be the same in every word
          <section key={place} aria-label={`Event ${place + 1}: ${event.name}`} className="space-y-1">
            <h3 className="text-xs font-semibold">
              Event {event.name} <span className="font-normal">at {spanDuration(event.offsetMs)}</span>
            </h3>
            {event.attributes.map(({ key, text }) => (
              <Text key={key} title={key} text={text} />
            ))}
          </section>
        ))}
        {attributes.length > 0 && (
          <Table label="Attributes">
            <tbody>
              {attributes.map(({ key, text }) => (
                <Fact key={key} name={key} mono>
                  {text}
                </Fact>
              ))}
            </tbody>
          </Table>
        )}
        {inputs === null && outputs === null && attributes.length === 0 && events.length === 0 && (
          <p className="text-muted-foreground">The span says nothing but when it was.</p>
        )}
      </div>
    </Card>
  );
}

function Text({ title, text }: { title: string; text: string | null }) {
  if (text === null) return null;
  return (
    <div className="space-y-1">
      <h3 className="text-xs font-medium text-muted-foreground">{title}</h3>
      <ScrollX label={title} className="max-h-80 overflow-y-auto rounded-md border border-border bg-muted">
        <pre className="w-max min-w-full px-3 py-2 text-xs leading-5">{text}</pre>
      </ScrollX>
    </div>
  );
}
