/**
 * Thins a series that is ordered by step to at most `maxPoints` by M4 (Jugel et al. 2014): of each of `maxPoints / 4` equal
 * buckets of the step axis the first, last, lowest and highest point stay. A line drawn through what is left, at one
 * bucket a pixel column or finer, is the line through all of them. NaN counts as neither lowest nor highest.
 */
export function downsampleM4<P extends { step: number; value: number }>(points: P[], maxPoints: number): P[] {
  const first = points[0];
  const last = points.at(-1);
  if (points.length <= maxPoints || first === undefined || last === undefined) {
    return points;
  }
  const buckets = Math.max(1, Math.floor(maxPoints / 4));
  const span = last.step - first.step;
  const kept: P[] = [];
  let start = 0;
  for (let bucket = 0; bucket < buckets && start < points.length; bucket++) {
    let end = start;
    const bound = span === 0 ? undefined : first.step + (span * (bucket + 1)) / buckets;
    while (end < points.length && (bucket === buckets - 1 || bound === undefined || stepOf(points, end) < bound)) {
      end++;
    }
    keepExtremes(points, start, end, kept);
    start = end;
  }
  return kept;
}

function stepOf(points: { step: number }[], index: number): number {
  return points[index]?.step ?? Number.POSITIVE_INFINITY;
}

function keepExtremes<P extends { value: number }>(points: P[], start: number, end: number, kept: P[]): void {
  if (start >= end) {
    return;
  }
  let low = start;
  let high = start;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = start; index < end; index++) {
    const value = points[index]?.value ?? Number.NaN;
    if (value < lowest) [low, lowest] = [index, value];
    if (value > highest) [high, highest] = [index, value];
  }
  const indexes = [...new Set([start, low, high, end - 1])].sort((a, b) => a - b);
  for (const index of indexes) {
    const point = points[index];
    if (point !== undefined) kept.push(point);
  }
}
