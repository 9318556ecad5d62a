"use client";
import { useEffect, useState } from "react";
import { count, duration, figure, percent } from "#app/_ui/format.ts";
import { Progress } from "#app/_ui/progress.tsx";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { progressOf } from "#app/(console)/runs/[id]/_components/progress-of.ts";
import type { RunFeed } from "#app/(console)/runs/[id]/_components/use-run-feed.ts";
import { isRunActive, isRunOver } from "#lib/tracking/status.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

/** The figures that tell how the run does; while it trains, how far it is and how long it will take. */
export function RunProgress({ run, feed, batches }: { run: TrainedRun; feed: RunFeed; batches: number | null }) {
  const { status, startedAt, endedAt, tags } = feed.state;
  const now = useNow(status === "RUNNING");
  const figures = progressOf({
    series: feed.series,
    epochs: run.training?.spec.epochs ?? 1,
    batches,
    startedAt,
    now,
  });
  const newest = (key: string) => {
    const value = feed.series.get(key)?.at(-1)?.[2];
    return typeof value === "number" ? value : null;
  };
  const over = isRunOver(status);
  const until = endedAt === null ? now : Date.parse(endedAt);
  const elapsed = startedAt === null || until === 0 ? null : until - Date.parse(startedAt);
  return (
    <div className="space-y-3">
      {run.training !== null && isRunActive(status) && (
        <section aria-label="Progress" className="rounded-lg border border-border bg-card px-4 py-3">
          <div className="mb-2 flex min-h-5 flex-wrap justify-between gap-x-4">
            <p role="status">{stateInWords(run, feed, figures.epochsDone >= figures.epochs)}</p>
            <p className="tabular text-muted-foreground">
              {status === "RUNNING" &&
                figures.etaMs !== null &&
                figures.etaMs > 0 &&
                `about ${duration(figures.etaMs)} left`}
              {feed.link === "lost" && " · connection lost, trying again"}
            </p>
          </div>
          <Progress value={status === "QUEUED" ? 0 : figures.share} label="Training progress" />
        </section>
      )}
      <StatGrid>
        <Stat
          label="Epoch"
          value={run.training === null ? "–" : `${figures.epochsDone} / ${figures.epochs}`}
          note={
            figures.batch === null || over
              ? undefined
              : `batch ${count(figures.batch)} of ${count(figures.batches ?? 0)}`
          }
        />
        <Stat
          label={over && newest("test_accuracy") !== null ? "Test accuracy" : "Validation accuracy"}
          value={percent(newest("test_accuracy") ?? newest("val_accuracy"))}
          note={`loss ${figure(newest("test_loss") ?? newest("val_loss"))}`}
        />
        <Stat label="Training accuracy" value={percent(newest("accuracy"))} note={`loss ${figure(newest("loss"))}`} />
        <Stat
          label="Speed"
          value={figures.samplesPerSecond === null ? "–" : count(figures.samplesPerSecond)}
          unit="images/s"
          note={tags["engine"] === undefined ? undefined : `engine ${tags["engine"]}`}
        />
        <Stat label="Duration" value={duration(elapsed)} note={attempts(run)} />
      </StatGrid>
    </div>
  );
}

function attempts(run: TrainedRun): string | undefined {
  const attempt = run.training?.attempt ?? 0;
  return attempt > 1 ? `attempt ${attempt}` : undefined;
}

function stateInWords(run: TrainedRun, feed: RunFeed, trained: boolean): string {
  const { status, tags } = feed.state;
  if (run.training?.cancelRequestedAt != null) return "Cancelling…";
  if (tags["message"] !== undefined && tags["message"] !== "") return tags["message"];
  if (status === "QUEUED") return "Waiting for a worker. Runs are trained one after another.";
  return trained ? "Trained; now evaluating on the test set and exporting the model." : "Training";
}

/** The clock of this page in ms, moving once a second while `ticking`; 0 until the browser has taken over the page. */
function useNow(ticking: boolean): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    setNow(Date.now());
    if (!ticking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
