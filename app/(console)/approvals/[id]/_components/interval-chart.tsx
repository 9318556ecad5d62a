"use client";
import type { ReactNode } from "react";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { scaleOf } from "#app/(console)/approvals/[id]/_components/scale.ts";

export interface IntervalRow {
  label: string;
  estimate: number;
  lower: number;
  upper: number;
  colour: string;
}

/** A value that all rows are to be seen against. */
export interface Mark {
  at: number;
  label: string;
  tone: "neutral" | "danger";
}

const AXIS = 26;
/** Keeps words readable where a line passes behind them. */
const HALO = { stroke: "var(--card)", strokeWidth: 4, paintOrder: "stroke", strokeLinejoin: "round" } as const;

/**
 * Estimates as dots, their intervals as whiskers. `dense` puts the names at the left, for short ones; else each stands above
 * its whisker with its figures. Widths are in percent, so that type keeps its size on a phone.
 */
export function IntervalChart(props: {
  title: string;
  note?: ReactNode;
  file: string;
  rows: readonly IntervalRow[];
  marks?: readonly Mark[];
  dense?: boolean;
  /** A value as text, with its unit. */
  format(value: number): string;
}) {
  const { title, note, file, rows, marks = [], dense = false, format } = props;
  const scale = scaleOf(
    [...rows.flatMap((row) => [row.lower, row.upper]), ...marks.map((mark) => mark.at)],
    dense ? { left: 8, right: 3 } : { left: 3, right: 3 },
  );
  const rowHeight = dense ? 27 : 50;
  const top = marks.length * 15 + 10;
  const bottom = top + rows.length * rowHeight;
  const said = (row: IntervalRow) => `${format(row.estimate)} [${format(row.lower)}, ${format(row.upper)}]`;
  return (
    <ChartFrame
      title={title}
      {...(note !== undefined && { note })}
      height={Math.max(bottom + AXIS, 120)}
      file={file}
      columns={["", "estimate", "lower", "upper"]}
      rows={rows.map((row) => [row.label, row.estimate, row.lower, row.upper])}
    >
      <svg
        data-drawing
        role="img"
        aria-label={`${title}. ${rows.map((row) => `${row.label}: ${said(row)}`).join("; ")}.`}
        className="block size-full"
        fontSize="11"
      >
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line x1={scale.at(tick)} x2={scale.at(tick)} y1={top} y2={bottom} stroke="var(--border)" />
            <text {...HALO} x={scale.at(tick)} y={bottom + 16} textAnchor="middle" fill="var(--muted-foreground)">
              {format(tick)}
            </text>
          </g>
        ))}
        {marks.map((mark, index) => {
          const colour = mark.tone === "danger" ? "var(--danger)" : "var(--muted-foreground)";
          return (
            <g key={mark.label}>
              <line
                x1={scale.at(mark.at)}
                x2={scale.at(mark.at)}
                y1={top - 6}
                y2={bottom}
                stroke={colour}
                strokeDasharray={mark.tone === "danger" ? "4 3" : undefined}
              />
              <text
                {...HALO}
                x={scale.at(mark.at)}
                y={index * 15 + 13}
                textAnchor={anchorOf(scale.at(mark.at))}
                fill={colour}
              >
                {mark.label}
              </text>
            </g>
          );
        })}
        {rows.map((row, index) => {
          const y = top + index * rowHeight + (dense ? rowHeight / 2 : 32);
          return (
            <g key={row.label}>
              <title>{`${row.label}: ${said(row)}`}</title>
              {dense ? (
                <text x="1.5%" y={y + 4} fontSize="12" fill="var(--foreground)">
                  {row.label}
                </text>
              ) : (
                <text {...HALO} x="3%" y={y - 14} fontSize="12" fill="var(--foreground)">
                  <tspan fontWeight="600">{row.label}</tspan>
                  <tspan fill="var(--muted-foreground)"> {said(row)}</tspan>
                </text>
              )}
              <line
                x1={scale.at(row.lower)}
                x2={scale.at(row.upper)}
                y1={y}
                y2={y}
                stroke={row.colour}
                strokeWidth="2.5"
              />
              {[row.lower, row.upper].map((end, which) => (
                <line
                  key={which === 0 ? "lower" : "upper"}
                  x1={scale.at(end)}
                  x2={scale.at(end)}
                  y1={y - 5}
                  y2={y + 5}
                  stroke={row.colour}
                  strokeWidth="2"
                />
              ))}
              <circle cx={scale.at(row.estimate)} cy={y} r="5" fill={row.colour} />
            </g>
          );
        })}
      </svg>
    </ChartFrame>
  );
}

/** Text near an edge grows towards the middle. */
function anchorOf(place: string): "start" | "middle" | "end" {
  const percent = Number.parseFloat(place);
  if (percent < 25) return "start";
  return percent > 75 ? "end" : "middle";
}
