/** A curve the size of a word. `values` in order; the name says what and how it ended. */
export function Sparkline({ values, label, colour }: { values: readonly number[]; label: string; colour: string }) {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const span = high - low || 1;
  const step = 60 / Math.max(1, finite.length - 1);
  const points = finite
    .map((y, i) => `${(i * step).toFixed(1)},${(15 - ((y - low) / span) * 14).toFixed(1)}`)
    .join(" ");
  return (
    <svg width="60" height="16" viewBox="0 0 60 16" role="img" aria-label={label}>
      <polyline points={points} fill="none" stroke={colour} strokeWidth="1.5" />
    </svg>
  );
}
