"use client";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { count } from "#app/_ui/format.ts";

const CELL = 34;
const LEFT = 46;
const TOP = 40;

/**
 * Counts by true digit (rows) and answer (columns). `confusion[label][predicted]`. Right answers stand on the diagonal;
 * wrong ones are shaded by their number against the most frequent mistake, so that ten mistakes among ten thousand show.
 * `worst` is that number where several matrices are to be compared.
 */
export function ConfusionMatrix(props: {
  confusion: readonly (readonly number[])[];
  file: string;
  title?: string;
  worst?: number;
}) {
  const { confusion, file, title = "Confusion matrix" } = props;
  const size = confusion.length;
  const worst = Math.max(1, props.worst ?? worstOf(confusion));
  const side = size * CELL;
  const digits = confusion.map((_, digit) => digit);
  return (
    <ChartFrame
      title={title}
      note="images; rows are true, columns are answered"
      height={410}
      file={file}
      columns={["true \\ answer", ...digits.map(String)]}
      rows={confusion.map((row, label) => [String(label), ...row])}
    >
      <svg
        data-drawing
        role="img"
        aria-label={`${title}${summary(confusion)}`}
        viewBox={`0 0 ${LEFT + side + 12} ${TOP + side + 12}`}
        className="mx-auto block h-full max-w-full p-2"
      >
        <text x={LEFT + side / 2} y={12} textAnchor="middle" fontSize="11" fill="var(--muted-foreground)">
          answered
        </text>
        <text
          x={12}
          y={TOP + side / 2}
          textAnchor="middle"
          fontSize="11"
          fill="var(--muted-foreground)"
          transform={`rotate(-90 12 ${TOP + side / 2})`}
        >
          true
        </text>
        {digits.map((digit) => (
          <g key={digit} fontSize="12" fill="var(--foreground)" textAnchor="middle">
            <text x={LEFT + digit * CELL + CELL / 2} y={TOP - 8}>
              {digit}
            </text>
            <text x={LEFT - 12} y={TOP + digit * CELL + CELL / 2 + 4}>
              {digit}
            </text>
          </g>
        ))}
        {digits.map((label) => (
          <g key={label}>
            {digits.map((predicted) => (
              <Cell key={predicted} label={label} predicted={predicted} worst={worst} row={confusion[label] ?? []} />
            ))}
          </g>
        ))}
      </svg>
    </ChartFrame>
  );
}

/** How often the most frequent mistake was made. */
export function worstOf(confusion: readonly (readonly number[])[]): number {
  return Math.max(0, ...confusion.flatMap((row, label) => row.filter((_, predicted) => predicted !== label)));
}

function Cell(props: { label: number; predicted: number; worst: number; row: readonly number[] }) {
  const { label, predicted, worst, row } = props;
  const n = row[predicted] ?? 0;
  const right = label === predicted;
  const total = row.reduce((sum, value) => sum + value, 0);
  const share = total === 0 ? 0 : n / total;
  const strong = right && share >= 0.5;
  // At most half of the colour under dark text, or all of it under light text: both keep 4.5 : 1.
  const strength = right ? (strong ? 100 : share * 90) : n === 0 ? 0 : 8 + (n / worst) * 42;
  const colour = right ? "var(--primary)" : "var(--chart-2)";
  return (
    <g>
      <title>{`${count(n)} of ${count(total)} images of a ${label} were answered ${predicted} (${(share * 100).toFixed(2)} %)`}</title>
      <rect
        x={LEFT + predicted * CELL + 0.5}
        y={TOP + label * CELL + 0.5}
        width={CELL - 1}
        height={CELL - 1}
        rx="2"
        style={{ fill: `color-mix(in srgb, ${colour} ${strength.toFixed(1)}%, var(--muted))` }}
      />
      <text
        x={LEFT + predicted * CELL + CELL / 2}
        y={TOP + label * CELL + CELL / 2 + 4}
        textAnchor="middle"
        fontSize="11"
        fill={strong ? "var(--primary-foreground)" : n === 0 ? "var(--muted-foreground)" : "var(--foreground)"}
      >
        {n}
      </text>
    </g>
  );
}

function summary(confusion: readonly (readonly number[])[]): string {
  const pairs = confusion.flatMap((row, label) =>
    row.map((n, predicted) => ({ n, label, predicted })).filter((cell) => cell.label !== cell.predicted && cell.n > 0),
  );
  const top = pairs.sort((a, b) => b.n - a.n).slice(0, 3);
  return top.length === 0
    ? ": no mistakes."
    : `. Most frequent mistakes: ${top.map((t) => `${t.label} answered as ${t.predicted}, ${t.n} times`).join("; ")}.`;
}
