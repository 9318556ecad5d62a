import { InvalidError } from "#lib/platform/errors.ts";
import { requireEntryName } from "#lib/tracking/entry-name.ts";
import type { MetricPoint } from "#lib/tracking/store/metrics.ts";

/**
 * Refuses a point that MLflow refuses, in its words: a name that is not allowed, a time before 1970, and steps or times
 * beyond what a JavaScript number keeps exactly. Any value is fine: NaN and the infinities too.
 *
 * @param path how the sender names it, such as `metrics[3]`; empty when it is the only one
 * @throws InvalidError
 */
export function requirePoint(point: MetricPoint, path: string): void {
  const at = (field: string) => (path === "" ? field : `${path}.${field}`);
  requireEntryName(point.key, at("name"));
  const of = `metric '${point.key}' (value=${point.value}).`;
  if (!Number.isSafeInteger(point.at) || point.at < 0) {
    throw refused(at("timestamp"), point.at, `${of} Timestamp must be a nonnegative long (64-bit integer)`);
  }
  if (!Number.isSafeInteger(point.step)) {
    throw refused(at("step"), point.step, `${of} Step must be a valid long (64-bit integer).`);
  }
}

function refused(field: string, value: number, problem: string): InvalidError {
  return new InvalidError(`Invalid value ${value} for parameter '${field}' supplied: ${problem}`, {
    details: [{ field, problem, remedy: "Send a whole number of at most 2^53 - 1." }],
  });
}
