"use client";
import { Bar, CartesianGrid, ComposedChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { count, percent } from "#app/_ui/format.ts";
import type { CalibrationBin } from "#lib/engine/schemas.ts";

const tick = { fontSize: 11, fill: "var(--muted-foreground)" };
const label = { fontSize: 11, fill: "var(--muted-foreground)" };

/**
 * Of the answers given with a confidence, the share that was right. A network that knows what it knows has its bars end
 * on the diagonal; bars below it are overconfident.
 */
export function ReliabilityChart({ bins, file }: { bins: readonly CalibrationBin[]; file: string }) {
  const rows = bins.map((bin) => ({
    ...bin,
    middle: (bin.from + bin.to) / 2,
    shown: bin.count === 0 ? null : bin.accuracy,
  }));
  return (
    <ChartFrame
      title="Calibration"
      note="share right by confidence"
      height={320}
      file={file}
      columns={["from", "to", "images", "mean confidence", "accuracy"]}
      rows={bins.map((bin) => [
        bin.from,
        bin.to,
        bin.count,
        bin.count === 0 ? null : bin.confidence,
        bin.count === 0 ? null : bin.accuracy,
      ])}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={rows} margin={{ top: 12, right: 16, bottom: 20, left: 4 }} barCategoryGap={1}>
          <CartesianGrid stroke="var(--border)" vertical={false} />
          <XAxis
            dataKey="middle"
            type="number"
            domain={[0, 1]}
            ticks={[0, 0.2, 0.4, 0.6, 0.8, 1]}
            tick={tick}
            stroke="var(--border)"
            label={{ ...label, value: "confidence", position: "insideBottom", offset: -12 }}
          />
          <YAxis
            width={60}
            domain={[0, 1]}
            ticks={[0, 0.2, 0.4, 0.6, 0.8, 1]}
            tick={tick}
            stroke="var(--border)"
            label={{
              ...label,
              value: "share right",
              angle: -90,
              position: "insideLeft",
              offset: 8,
              style: { textAnchor: "middle" },
            }}
          />
          <ReferenceLine
            segment={[
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ]}
            stroke="var(--muted-foreground)"
            strokeDasharray="4 3"
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--muted)" }}
            content={({ active, label: middle }) => {
              const bin = rows.find((row) => row.middle === Number(middle));
              return !active || bin === undefined ? null : (
                <div className="tabular rounded-md border border-border bg-popover px-2.5 py-1.5 text-xs shadow-md">
                  <p className="text-muted-foreground">
                    confidence {bin.from.toFixed(2)} to {bin.to.toFixed(2)}
                  </p>
                  <p>{count(bin.count)} images</p>
                  {bin.count > 0 && (
                    <p>
                      {percent(bin.accuracy)} right at {percent(bin.confidence)} mean confidence
                    </p>
                  )}
                </div>
              );
            }}
          />
          <Bar dataKey="shown" fill="var(--chart-1)" isAnimationActive={false} barSize={20} />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
