"use client";
import { useMemo, useState } from "react";
import {
  CartesianGrid,
  LineChart as Chart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { figure } from "#app/_ui/format.ts";
import { niceScale } from "#app/_ui/nice-scale.ts";
import { type Point, thin } from "#app/_ui/thin.ts";

export interface LineSeries {
  key: string;
  label: string;
  /** A CSS colour. */
  colour: string;
  /** Tells it apart where colour cannot. */
  dashed?: boolean;
  /** In the order of x. */
  points: readonly Point[];
}

type Row = { x: number } & Record<string, number>;
const LIMIT = 800;

/**
 * Curves over one x. Every raw point counts: long series are thinned by extremes, never averaged. A value that is not
 * finite is passed over and counted under the chart. Hover shows all series at a step; a click pins it there.
 */
export function LineChart(props: {
  title: string;
  xLabel: string;
  yLabel: string;
  series: readonly LineSeries[];
  file: string;
  height?: number;
  /** How a value reads on hover. */
  format?: (value: number) => string;
  /** How it reads at the axis, where there is less room; as on hover when absent. */
  formatTick?: (value: number) => string;
  /** See `niceScale`. */
  scale?: { unit?: number; most?: number };
}) {
  const { title, xLabel, yLabel, series, file, height = 260, format = figure, formatTick = format, scale = {} } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [pinned, setPinned] = useState<number | null>(null);
  const rows = useMemo(() => toRows(series), [series]);
  const lost = series.reduce((n, one) => n + one.points.filter(([, y]) => !Number.isFinite(y)).length, 0);
  const shown = series.filter((one) => !hidden.has(one.key));
  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  const empty = rows.length === 0;

  return (
    <ChartFrame
      title={title}
      note={pinned === null ? undefined : `pinned at ${xLabel} ${pinned}`}
      height={height + 36}
      file={file}
      columns={[xLabel, ...series.map((one) => one.label)]}
      rows={fullRows(series)}
    >
      <div className="relative" style={{ height }}>
        {empty && (
          <p className="absolute inset-0 grid place-items-center text-muted-foreground">
            The first points are on their way.
          </p>
        )}
        <ResponsiveContainer width="100%" height="100%">
          <Chart
            data={rows}
            margin={{ top: 12, right: 24, bottom: 16, left: 4 }}
            onClick={({ activeLabel }) => {
              const x = Number(activeLabel);
              setPinned(pinned === x || !Number.isFinite(x) ? null : x);
            }}
          >
            <CartesianGrid stroke="var(--border)" vertical={false} />
            <XAxis
              dataKey="x"
              type="number"
              domain={["dataMin", "dataMax"]}
              ticks={xTicks(rows)}
              tick={{ fontSize: 11, fill: "var(--muted-foreground)" }}
              stroke="var(--border)"
              label={{
                value: xLabel,
                position: "insideBottom",
                offset: -10,
                fontSize: 11,
                fill: "var(--muted-foreground)",
              }}
            />
            <YAxis
              width={72}
              interval={0}
              {...yScale(rows, shown, scale)}
              tickFormatter={(value: number) => formatTick(value)}
              tick={{ fontSize: 11, fill: "var(--muted-foreground)" }}
              stroke="var(--border)"
              label={{
                value: yLabel,
                angle: -90,
                position: "insideLeft",
                offset: 8,
                fontSize: 11,
                fill: "var(--muted-foreground)",
                style: { textAnchor: "middle" },
              }}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--muted-foreground)", strokeWidth: 1 }}
              content={({ active, label }) => (
                <Hover x={active ? Number(label) : Number.NaN} xLabel={xLabel} series={shown} format={format} />
              )}
            />
            {pinned !== null && <ReferenceLine x={pinned} stroke="var(--foreground)" strokeDasharray="2 2" />}
            {shown.map((one) => (
              <Line
                key={one.key}
                dataKey={one.key}
                name={one.label}
                stroke={one.colour}
                strokeWidth={1.75}
                {...(one.dashed ? { strokeDasharray: "5 3" } : {})}
                dot={one.points.length <= 30 ? { r: 2, strokeWidth: 0, fill: one.colour } : false}
                activeDot={{ r: 3.5, strokeWidth: 0 }}
                connectNulls
                isAnimationActive={false}
                type="linear"
              />
            ))}
          </Chart>
        </ResponsiveContainer>
      </div>
      <div className="flex h-9 items-center gap-3 overflow-x-auto px-4">
        {series.map((one) => (
          <button
            key={one.key}
            type="button"
            aria-pressed={!hidden.has(one.key)}
            onClick={() => toggle(one.key)}
            className="flex items-center gap-1.5 text-xs whitespace-nowrap text-foreground aria-[pressed=false]:text-muted-foreground aria-[pressed=false]:line-through"
          >
            <Swatch colour={one.colour} dashed={one.dashed === true} />
            {one.label}
          </button>
        ))}
        {lost > 0 && <span className="text-xs whitespace-nowrap text-danger">{lost} values are not finite</span>}
      </div>
    </ChartFrame>
  );
}

function Swatch({ colour, dashed }: { colour: string; dashed: boolean }) {
  return (
    <svg width="18" height="4" aria-hidden>
      <line
        x1="0"
        y1="2"
        x2="18"
        y2="2"
        stroke={colour}
        strokeWidth="2.5"
        {...(dashed ? { strokeDasharray: "5 3" } : {})}
      />
    </svg>
  );
}

function Hover(props: { x: number; xLabel: string; series: readonly LineSeries[]; format: (value: number) => string }) {
  const { x, series, xLabel, format } = props;
  if (!Number.isFinite(x)) return null;
  return (
    <div className="rounded-md border border-border bg-popover px-2.5 py-1.5 text-xs shadow-md">
      <p className="tabular text-muted-foreground">
        {xLabel} {x}
      </p>
      {series.map((one) => {
        const y = nearest(one.points, x);
        return y === null ? null : (
          <p key={one.key} className="tabular flex items-center justify-between gap-4">
            <span className="flex items-center gap-1.5">
              <Swatch colour={one.colour} dashed={one.dashed === true} />
              {one.label}
            </span>
            <span className="font-medium">{format(y)}</span>
          </p>
        );
      })}
    </div>
  );
}

/** The value at x, or the newest before it: series that log at different steps are still all shown. */
function nearest(points: readonly Point[], x: number): number | null {
  let found: number | null = null;
  for (const [at, y] of points) {
    if (at > x) break;
    found = y;
  }
  return found;
}

/** Round steps within the data; every x is a whole number. */
function xTicks(rows: readonly Row[]): number[] {
  const [low, high] = [rows[0]?.x ?? 0, rows.at(-1)?.x ?? 0];
  return niceScale(low, high).ticks.filter((tick) => Number.isInteger(tick) && tick >= low && tick <= high);
}

/** Nothing to draw yet: the chart's own way. */
function yScale(rows: readonly Row[], shown: readonly LineSeries[], limits: { unit?: number; most?: number }) {
  const values = rows.flatMap((row) => shown.map((one) => row[one.key] ?? Number.NaN)).filter(Number.isFinite);
  return values.length === 0 ? {} : niceScale(Math.min(...values), Math.max(...values), limits);
}

function toRows(series: readonly LineSeries[]): Row[] {
  const share = Math.max(8, Math.floor(LIMIT / Math.max(1, series.length)));
  return merge(series.map((one) => [one.key, thin(one.points, share)] as const));
}

function merge(columns: (readonly [string, readonly Point[]])[]): Row[] {
  const rows = new Map<number, Row>();
  for (const [key, points] of columns) {
    for (const [x, y] of points) {
      if (!Number.isFinite(y)) continue;
      const row = rows.get(x) ?? { x };
      row[key] = y;
      rows.set(x, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}

/** Table and CSV hold every point as it was logged. */
function fullRows(series: readonly LineSeries[]): (number | string | null)[][] {
  const rows = new Map<number, (number | string | null)[]>();
  series.forEach((one, column) => {
    for (const [x, y] of one.points) {
      const row = rows.get(x) ?? [x, ...series.map(() => null)];
      row[column + 1] = Number.isFinite(y) ? y : String(y);
      rows.set(x, row);
    }
  });
  return [...rows.values()].sort((a, b) => Number(a[0]) - Number(b[0]));
}
