"use client";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { count } from "#app/_ui/format.ts";
import type { DatasetVersion } from "#lib/datasets/schemas.ts";

const tick = { fontSize: 11, fill: "var(--muted-foreground)" };

/** How many images of each digit there are to train on and to test. */
export function ClassCounts({ counts, file }: { counts: DatasetVersion["classCounts"]; file: string }) {
  const rows = counts.train.map((train, digit) => ({ digit, train, test: counts.test[digit] ?? 0 }));
  return (
    <ChartFrame
      title="Images by digit"
      note={
        <span className="inline-flex items-center gap-3">
          <Key colour="var(--chart-1)" label="training" />
          <Key colour="var(--chart-2)" label="test" />
        </span>
      }
      height={300}
      file={file}
      columns={["digit", "training", "test"]}
      rows={rows.map((row) => [String(row.digit), row.train, row.test])}
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={rows} margin={{ top: 12, right: 16, bottom: 4, left: 4 }}>
          <CartesianGrid stroke="var(--border)" vertical={false} />
          <XAxis dataKey="digit" tick={tick} stroke="var(--border)" />
          <YAxis
            width={58}
            tick={tick}
            stroke="var(--border)"
            tickFormatter={count}
            label={{
              ...tick,
              value: "images",
              angle: -90,
              position: "insideLeft",
              offset: 8,
              style: { textAnchor: "middle" },
            }}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--muted)" }}
            content={({ active, label }) => {
              const row = rows[Number(label)];
              return !active || row === undefined ? null : (
                <div className="tabular rounded-md border border-border bg-popover px-2.5 py-1.5 text-xs shadow-md">
                  <p className="text-muted-foreground">digit {row.digit}</p>
                  <p>{count(row.train)} to train on</p>
                  <p>{count(row.test)} to test</p>
                </div>
              );
            }}
          />
          <Bar dataKey="train" name="training" fill="var(--chart-1)" isAnimationActive={false} />
          <Bar dataKey="test" name="test" fill="var(--chart-2)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

function Key({ colour, label }: { colour: string; label: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className="size-2.5 rounded-sm" style={{ background: colour }} />
      {label}
    </span>
  );
}
