"use client";
import { useMemo } from "react";
import { bytes, figure, percent } from "#app/_ui/format.ts";
import { LineChart, type LineSeries } from "#app/_ui/line-chart.tsx";
import { chartColour, runColour } from "#app/_ui/palette.ts";
import type { Series } from "#app/(console)/runs/[id]/_components/use-run-feed.ts";
import { isRunActive, type RunStatus } from "#lib/tracking/status.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

interface ChartSpec {
  title: string;
  xLabel: string;
  yLabel: string;
  lines: [key: string, label: string][];
  format?: (value: number) => string;
  formatTick?: (value: number) => string;
  scale?: { unit?: number; most?: number };
}

const CHARTS: readonly ChartSpec[] = [
  {
    title: "Loss by epoch",
    xLabel: "epoch",
    yLabel: "cross entropy, nats",
    lines: [
      ["loss", "training"],
      ["val_loss", "validation"],
    ],
  },
  {
    title: "Accuracy by epoch",
    xLabel: "epoch",
    yLabel: "share right",
    lines: [
      ["accuracy", "training"],
      ["val_accuracy", "validation"],
    ],
    format: percent,
    formatTick: (value) => percent(value, 1),
    scale: { most: 1 },
  },
  {
    title: "Loss by batch",
    xLabel: "batch",
    yLabel: "cross entropy, nats",
    lines: [["batch_loss", "mean of the epoch so far"]],
  },
  {
    title: "Accuracy by batch",
    xLabel: "batch",
    yLabel: "share right",
    lines: [["batch_accuracy", "mean of the epoch so far"]],
    format: percent,
    formatTick: (value) => percent(value, 1),
    scale: { most: 1 },
  },
  {
    title: "Speed by batch",
    xLabel: "batch",
    yLabel: "images per second",
    lines: [["batch_samples_per_second", "mean of the epoch so far"]],
  },
  {
    title: "Learning rate by batch",
    xLabel: "batch",
    yLabel: "learning rate",
    lines: [["batch_learning_rate", "learning rate"]],
  },
  {
    title: "Memory by epoch",
    xLabel: "epoch",
    yLabel: "memory",
    lines: [
      ["rss_bytes", "at the end of the epoch"],
      ["peak_rss_bytes", "highest so far"],
    ],
    format: bytes,
    scale: { unit: 2 ** 20 },
  },
  {
    title: "Time per epoch",
    xLabel: "epoch",
    yLabel: "seconds",
    lines: [["epoch_seconds", "seconds"]],
  },
];

/** Said already by a curve with more points. */
const REPEATED = ["samples_per_second", "learning_rate"];

/** Those that every training run has, then a chart for each further metric that has more than one point. */
export function RunCurves({ run, status, series }: { run: TrainedRun; status: RunStatus; series: Series }) {
  const colour = runColour(run.id);
  const isTraining = run.training !== null && isRunActive(status);
  const charts = useMemo(() => {
    const named = new Set([...REPEATED, ...CHARTS.flatMap((chart) => chart.lines.map(([key]) => key))]);
    const others = [...series]
      .filter(([key, points]) => !named.has(key) && points.length > 1)
      .map(
        ([key]): ChartSpec => ({
          title: key,
          xLabel: key.startsWith("batch_") ? "batch" : "step",
          yLabel: key,
          lines: [[key, key]],
        }),
      );
    // While points may still come each chart has its place already; afterwards only what was measured is shown.
    const own = isTraining ? CHARTS : CHARTS.filter((chart) => chart.lines.some(([key]) => series.has(key)));
    return [...own, ...others].map((chart) => ({ chart, lines: toLines(chart, series, colour) }));
  }, [isTraining, series, colour]);

  if (charts.length === 0) return <p className="text-muted-foreground">Nothing was measured before the run ended.</p>;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {charts.map(({ chart, lines }) => (
        <LineChart
          key={chart.title}
          title={chart.title}
          xLabel={chart.xLabel}
          yLabel={chart.yLabel}
          series={lines}
          format={chart.format ?? figure}
          {...(chart.formatTick === undefined ? {} : { formatTick: chart.formatTick })}
          {...(chart.scale === undefined ? {} : { scale: chart.scale })}
          file={`${run.name}-${chart.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`}
        />
      ))}
    </div>
  );
}

/** The run's own colour for what it trained on; the validation beside it is dashed and of another colour. */
function toLines(chart: ChartSpec, series: Series, colour: string): LineSeries[] {
  const other = [chartColour(1), chartColour(0)].find((one) => one !== colour) ?? colour;
  return chart.lines.map(([key, label], place) => ({
    key: key.replaceAll(".", "_"),
    label,
    colour: place === 0 ? colour : other,
    dashed: place > 0,
    points: (series.get(key) ?? []).map(([step, , value]) => [step, Number(value)] as const),
  }));
}
