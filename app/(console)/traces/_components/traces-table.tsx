import Link from "next/link";
import { duration } from "#app/_ui/format.ts";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { TraceState } from "#app/(console)/traces/_components/trace-state.tsx";
import type { TraceSummary } from "#lib/tracking/traces/trace-summary.ts";

export function TracesTable(props: { traces: TraceSummary[]; experiments: { id: string; name: string }[] }) {
  const names = new Map(props.experiments.map(({ id, name }) => [id, name]));
  return (
    <Table label="Traces" framed>
      <Head
        columns={[
          "State",
          "Name",
          { name: "Request", className: "w-1/3" },
          { name: "Response", className: "w-1/3" },
          { name: "Duration", number: true },
          "Experiment",
          "Run",
          "When",
        ]}
      />
      <tbody>
        {props.traces.map((trace) => (
          <Tr key={trace.id} className="hover:bg-muted/60">
            <Td>
              <TraceState state={trace.state} />
            </Td>
            <Td className="max-w-60 truncate">
              <Link
                href={`/traces/${trace.id}`}
                title={trace.name ?? trace.id}
                className="font-medium underline-offset-2 hover:underline"
              >
                {trace.name ?? trace.id}
              </Link>
            </Td>
            <Td className="max-w-72 truncate font-mono" title={shortened(trace.request)}>
              {shortened(trace.request) ?? "–"}
            </Td>
            <Td className="max-w-72 truncate font-mono" title={shortened(trace.response)}>
              {shortened(trace.response) ?? "–"}
            </Td>
            <Td number>{duration(trace.durationMs)}</Td>
            <Td className="max-w-40 truncate">{names.get(trace.experimentId) ?? trace.experimentId}</Td>
            <Td>
              {trace.runId === null ? (
                "–"
              ) : (
                <Link href={`/runs/${trace.runId}`} className="font-mono underline-offset-2 hover:underline">
                  {trace.runId.slice(0, 8)}
                </Link>
              )}
            </Td>
            <Td>
              <Time at={trace.at} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function shortened(preview: string | null): string | undefined {
  return preview === null ? undefined : preview.slice(0, 200);
}
