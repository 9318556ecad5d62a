import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { duration, percent } from "#app/_ui/format.ts";
import { runColour } from "#app/_ui/palette.ts";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { Table, Td, Th, Tr } from "#app/_ui/table.tsx";
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
          <thead>
            <Tr>
              <Th>Name</Th>
              <Th>Status</Th>
              <Th number>Test accuracy</Th>
              <Th number>Duration</Th>
              <Th>Created</Th>
            </Tr>
          </thead>
          <tbody>
            {runs.map((run) => {
              const accuracy = run.metrics["test_accuracy"];
              return (
                <Tr key={run.id}>
                  <Td>
                    <span className="flex items-center gap-2">
                      <span
                        aria-hidden
                        className="size-2.5 shrink-0 rounded-full"
                        style={{ background: runColour(run.id) }}
                      />
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
