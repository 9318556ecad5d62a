import type { LatestMetric, MetricValue, SeriesPoint } from "#lib/tracking/schemas.ts";
import type { LatestRow } from "#lib/tracking/store/metrics.ts";

/** A number as JSON can carry it. */
export function toMetricValue(value: number): MetricValue {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

export function toLatestMetric({ key: _, value, ...rest }: LatestRow): LatestMetric {
  return { ...rest, value: toMetricValue(value) };
}

export function toSeriesPoint({ step, at, value }: { step: number; at: number; value: number }): SeriesPoint {
  return [step, at, toMetricValue(value)];
}
