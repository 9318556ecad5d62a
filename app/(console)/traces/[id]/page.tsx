import Link from "next/link";
import { createLoader, parseAsString } from "nuqs/server";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { count, duration } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { Fact, Table } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { TraceState } from "#app/(console)/traces/_components/trace-state.tsx";
import { Assessments } from "#app/(console)/traces/[id]/_components/assessments.tsx";
import { SpanPanel } from "#app/(console)/traces/[id]/_components/span-panel.tsx";
import { Waterfall } from "#app/(console)/traces/[id]/_components/waterfall.tsx";
import { readTrace } from "#app/(console)/traces/[id]/read-trace.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getSpan } from "#lib/tracking/traces/get-span.ts";

const loadSearch = createLoader({ span: parseAsString.withDefault("") });

export default async function TracePage({ params, searchParams }: PageProps<"/traces/[id]">) {
  const trace = await readTrace((await params).id);
  const { span: asked } = await loadSearch(searchParams);
  // An address with a span that is not there shows the first.
  const span = trace.spans.find(({ id }) => id === asked) ?? trace.spans[0];
  const detail =
    span && (await getSpan(await requireSession(), { traceId: trace.id, id: span.id }).catch(notFoundOnMissing));
  const entries = [...Object.entries(trace.tags), ...Object.entries(trace.metadata)];
  return (
    <Page
      title={trace.name ?? trace.id}
      lead={<CopyId id={trace.id} label="trace id" />}
      actions={
        trace.runId !== null && (
          <>
            <Button asChild>
              <Link href={`/traces?run=${trace.runId}`}>Traces of its run</Link>
            </Button>
            <Button asChild>
              <Link href={`/runs/${trace.runId}`}>Its run</Link>
            </Button>
          </>
        )
      }
    >
      <StatGrid>
        <Stat label="State" value={<TraceState state={trace.state} />} />
        <Stat label="Duration" value={duration(trace.durationMs)} />
        <Stat label="Spans" value={count(trace.spanCount)} />
        <Stat label="When" value={<Time at={trace.at} className="text-sm" />} />
      </StatGrid>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Waterfall trace={trace} selected={span?.id} />
        {span !== undefined && detail !== undefined && <SpanPanel span={span} detail={detail} />}
      </div>
      {trace.assessments.length > 0 && <Assessments assessments={trace.assessments} />}
      {entries.length > 0 && (
        <Card title="Tags and metadata" flush>
          <Table label="Tags and metadata">
            <tbody>
              {entries.map(([key, value]) => (
                <Fact key={key} name={key} mono>
                  {value}
                </Fact>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
    </Page>
  );
}
