"use client";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { inPageProject } from "#app/_live/page-project.ts";
import { type MetricSeries, PointsEvent, RunEvent, type SeriesPoint } from "#lib/tracking/schemas.ts";
import { isRunActive, isRunOver } from "#lib/tracking/status.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

/** Points by metric, each in the order of the steps. */
export type Series = ReadonlyMap<string, readonly SeriesPoint[]>;

export interface RunFeed {
  state: RunEvent;
  series: Series;
  /** `live`: connected; `lost`: the browser is trying again; `still`: nothing more is to come. */
  link: "live" | "lost" | "still";
}

/** The run as the server rendered it, then kept up to date by its event stream until it is over. */
export function useRunFeed(run: TrainedRun, initial: readonly MetricSeries[]): RunFeed {
  const router = useRouter();
  const [base, setBase] = useState(run);
  const [state, setState] = useState<RunEvent>(run);
  const [series, setSeries] = useState<Series>(() => seriesOf(initial));
  const [link, setLink] = useState<RunFeed["link"]>("still");
  // A refresh of the page (after an action, or at the end) brings a newer truth than what has been gathered.
  if (base !== run) {
    setBase(run);
    setState(run);
    setSeries(seriesOf(initial));
  }

  const isActive = isRunActive(state.status);
  const newest = useEffectEvent(() =>
    Math.max(0, ...[...series.values()].flatMap((points) => points.at(-1)?.[1] ?? 0)),
  );
  const onRun = useEffectEvent((next: RunEvent) => {
    setState(next);
    // Evaluation, artifacts and actions belong to the page: it reads them again when the run changes its state.
    if (next.status !== state.status) router.refresh();
  });

  useEffect(() => {
    if (!isActive) {
      setLink("still");
      return undefined;
    }
    const since = newest();
    const source = new EventSource(inPageProject(`/api/runs/${run.id}/events${since === 0 ? "" : `?since=${since}`}`));
    source.onopen = () => setLink("live");
    source.onerror = () => setLink("lost");
    source.addEventListener("run", (event) => {
      const next = RunEvent.parse(JSON.parse(event.data));
      onRun(next);
      if (isRunOver(next.status)) source.close();
    });
    source.addEventListener("reset", () => setSeries(new Map()));
    source.addEventListener("points", (event) => {
      const { points } = PointsEvent.parse(JSON.parse(event.data));
      setSeries((before) => merge(before, points));
    });
    return () => source.close();
  }, [run.id, isActive]);

  return { state, series, link };
}

function seriesOf(list: readonly MetricSeries[]): Series {
  return new Map(list.map(({ key, points }) => [key, points]));
}

/** New points join by step; a step that came twice keeps its newest value. */
function merge(before: Series, fresh: Record<string, SeriesPoint[]>): Series {
  const after = new Map(before);
  for (const [key, points] of Object.entries(fresh)) {
    const bySteps = new Map((before.get(key) ?? []).map((point) => [point[0], point]));
    for (const point of points) bySteps.set(point[0], point);
    after.set(
      key,
      [...bySteps.values()].sort((a, b) => a[0] - b[0]),
    );
  }
  return after;
}
