export interface Scale {
  /** Where a value stands, in percent of the whole width. */
  at(value: number): string;
  ticks: number[];
}

/** A linear scale over all `values` with some air, in percent of a drawing that leaves `left` and `right` percent free. */
export function scaleOf(values: readonly number[], room: { left: number; right: number }): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high - low || Math.max(Math.abs(high), 1e-3);
  const from = low - span * 0.06;
  const to = high + span * 0.06;
  const step = niceStep((to - from) / 4);
  const first = Math.ceil(from / step);
  const ticks = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
  return {
    at: (value) => `${(room.left + ((value - from) / (to - from)) * (100 - room.left - room.right)).toFixed(3)}%`,
    ticks,
  };
}

/** 1, 2 or 5 times a power of ten, at least `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}
