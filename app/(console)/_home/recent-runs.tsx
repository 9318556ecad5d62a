import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { duration, percent } from "#app/_ui/format.ts";
import { RunDot } from "#app/_ui/run-dot.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { RunSummary } from "#lib/tracking/schemas.ts";

export function RecentRuns({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Card
      title="Recent runs"
      flush
      aside={
        <Link href="/runs" className="text-xs text-primary hover:underline">
          All runs
        </Link>
      }
    >
      {runs.length === 0 ? (
        <p className="p-4 text-muted-foreground">No run yet.</p>
      ) : (
        <Table label="Recent runs">
          <Head
            columns={[
              "Name",
              "Status",
              { name: "Test accuracy", number: true },
              { name: "Duration", number: true },
              "Created",
            ]}
          />
          <tbody>
            {runs.map((run) => {
              const accuracy = run.metrics["test_accuracy"];
              return (
                <Tr key={run.id}>
                  <Td>
                    <span className="flex items-center gap-2">
                      <RunDot id={run.id} />
                      <Link
                        href={`/runs/${run.id}`}
                        title={run.name}
                        className="max-w-44 truncate font-medium underline-offset-2 hover:underline"
                      >
                        {run.name}
                      </Link>
                    </span>
                  </Td>
                  <Td>
                    <RunStatusBadge status={run.status} />
                  </Td>
                  <Td number>{percent(typeof accuracy === "number" ? accuracy : null)}</Td>
                  <Td number>{duration(run.durationMs)}</Td>
                  <Td>
                    <Time at={run.createdAt} />
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
