"use client";
import Link from "next/link";
import { ActorName } from "#app/_ui/actor-name.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { figure } from "#app/_ui/format.ts";
import { Fact, Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { lineageHref } from "#app/(console)/lineage/_components/words.ts";
import type { RunFeed } from "#app/(console)/runs/[id]/_components/use-run-feed.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

/** What the run was asked to do, what it measured last, and what is known about it. */
export function RunDetails({ run, feed }: { run: TrainedRun; feed: RunFeed }) {
  const metrics = Object.entries(run.metrics).sort(([a], [b]) => a.localeCompare(b));
  const live = (key: string) => feed.series.get(key)?.at(-1);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <Entries title="Params" entries={run.params} empty="No params were logged." />
        <Entries title="Tags" entries={feed.state.tags} empty="No tags." />
      </div>
      <div className="min-w-0 space-y-4">
        <Card title="Metrics" flush>
          {metrics.length === 0 ? (
            <p className="p-4 text-muted-foreground">No metrics were logged yet.</p>
          ) : (
            <Table label="Metrics">
              <Head
                columns={[
                  "Name",
                  { name: "Last", number: true },
                  { name: "Step", number: true },
                  { name: "Lowest", number: true },
                  { name: "Highest", number: true },
                ]}
              />
              <tbody>
                {metrics.map(([key, metric]) => (
                  <Tr key={key}>
                    <Td className="font-mono">{key}</Td>
                    <Td number>{figure(Number(live(key)?.[2] ?? metric.value))}</Td>
                    <Td number>{live(key)?.[0] ?? metric.step}</Td>
                    <Td number>{figure(metric.min)}</Td>
                    <Td number>{figure(metric.max)}</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          )}
        </Card>
        <Card title="Origin" flush>
          <Table label="Origin">
            <tbody>
              <Fact name="Experiment">{run.experimentName}</Fact>
              <Fact name="Started by">
                <ActorName actor={run.createdBy} />
              </Fact>
              <Fact name="Run">
                <CopyId id={run.id} label="run id" />
              </Fact>
              <Fact name="Lineage">
                <Link className="text-primary underline" href={lineageHref(`run:${run.id}`)}>
                  What it comes from, and what came of it
                </Link>
              </Fact>
              {feed.state.tags["dataset"] !== undefined && (
                <Fact name="Dataset">
                  <Link className="text-primary underline" href={datasetHref(feed.state.tags)}>
                    {feed.state.tags["dataset"]} {feed.state.tags["dataset.version"]}
                  </Link>
                </Fact>
              )}
            </tbody>
          </Table>
        </Card>
      </div>
    </div>
  );
}

function datasetHref(tags: Record<string, string>): string {
  const version = tags["dataset.version"];
  return `/datasets/${encodeURIComponent(tags["dataset"] ?? "")}${version === undefined ? "" : `?v=${version}`}`;
}

function Entries({ title, entries, empty }: { title: string; entries: Record<string, string>; empty: string }) {
  const rows = Object.entries(entries).sort(([a], [b]) => a.localeCompare(b));
  return (
    <Card title={title} flush>
      {rows.length === 0 ? (
        <p className="p-4 text-muted-foreground">{empty}</p>
      ) : (
        <Table label={title}>
          <tbody>
            {rows.map(([key, value]) => (
              <Fact key={key} name={key} mono>
                {value}
              </Fact>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
