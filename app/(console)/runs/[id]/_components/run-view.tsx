"use client";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { CopyId } from "#app/_ui/copy.tsx";
import { ErrorCard } from "#app/_ui/error-card.tsx";
import { Page } from "#app/_ui/page.tsx";
import { RunDot } from "#app/_ui/run-dot.tsx";
import { RunStatusBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#app/_ui/tabs.tsx";
import { Time } from "#app/_ui/time.tsx";
import { RunActions } from "#app/(console)/runs/[id]/_components/run-actions.tsx";
import { RunArtifacts } from "#app/(console)/runs/[id]/_components/run-artifacts.tsx";
import { RunCurves } from "#app/(console)/runs/[id]/_components/run-curves.tsx";
import { RunDetails } from "#app/(console)/runs/[id]/_components/run-details.tsx";
import { RunEvaluation } from "#app/(console)/runs/[id]/_components/run-evaluation.tsx";
import { RunProgress } from "#app/(console)/runs/[id]/_components/run-progress.tsx";
import type { RunViewProps } from "#app/(console)/runs/[id]/_components/run-view-props.ts";
import { useRunFeed } from "#app/(console)/runs/[id]/_components/use-run-feed.ts";

const TABS = ["curves", "evaluation", "details", "artifacts"] as const;

/** A run's page; everything that moves while it trains hangs on one event stream. */
export function RunView({ run, series: initial, batches, modelName, version }: RunViewProps) {
  const feed = useRunFeed(run, initial);
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("curves"));
  const { status, error, tags } = feed.state;
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="flex min-w-0 items-baseline gap-2.5">
            <RunDot id={run.id} className="size-3" />
            <span className="min-w-0">{run.name}</span>
          </span>
          <RunStatusBadge status={status} />
          {tags["dataset.synthetic"] === "true" && <SyntheticBadge />}
        </span>
      }
      lead={
        <span className="flex flex-wrap items-center gap-x-3">
          <CopyId id={run.id} label="run id" />
          <span>
            Created <Time at={run.createdAt} />
          </span>
          {tags["strategy"] !== undefined && <span>Strategy {tags["strategy"]}</span>}
        </span>
      }
      actions={<RunActions run={{ ...run, status }} modelName={modelName} version={version} />}
    >
      {run.lifecycleStage === "deleted" && (
        <p className="rounded-md bg-warning-muted px-3 py-2 text-warning">
          This run is deleted. “Restore” brings it back.
        </p>
      )}
      {status === "FAILED" && error !== null && (
        <ErrorCard title="The run failed" id={run.id}>
          <p>{error.message}</p>
          <p>“Retry the run” queues it again; training goes on from the last checkpoint where there is one.</p>
        </ErrorCard>
      )}
      {status === "CANCELLED" && (
        <p className="rounded-md bg-warning-muted px-3 py-2 text-warning">
          Cancelled. What was measured until then stays; “Retry the run” queues it again.
        </p>
      )}
      <RunProgress run={run} feed={feed} batches={batches} />
      <Tabs value={tab} onValueChange={(next) => void setTab(TABS.find((one) => one === next) ?? "curves")}>
        <TabsList aria-label="Parts of the run">
          <TabsTrigger value="curves">Curves</TabsTrigger>
          <TabsTrigger value="evaluation">Evaluation</TabsTrigger>
          <TabsTrigger value="details">Details</TabsTrigger>
          <TabsTrigger value="artifacts">Artifacts</TabsTrigger>
        </TabsList>
        <TabsContent value="curves">
          <RunCurves run={run} status={status} series={feed.series} />
        </TabsContent>
        <TabsContent value="evaluation">
          <RunEvaluation run={run} status={status} />
        </TabsContent>
        <TabsContent value="details">
          <RunDetails run={run} feed={feed} />
        </TabsContent>
        <TabsContent value="artifacts">
          <RunArtifacts run={run} />
        </TabsContent>
      </Tabs>
    </Page>
  );
}
