export const LEAD = "What applications did, call by call, as @mlflow.trace and OpenTelemetry record it. Newest first.";

/** Milliseconds of a span, which may be far less than one: `0.042 ms`, `12 ms`, `1.24 s`. */
export function spanDuration(milliseconds: number | null): string {
  if (milliseconds === null) return "–";
  if (milliseconds < 10) return `${Number(milliseconds.toPrecision(2))} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${Number((milliseconds / 1_000).toPrecision(3))} s`;
}
