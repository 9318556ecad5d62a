/** `[x, y]`; y may be NaN or infinite. */
export type Point = readonly [x: number, y: number];

/**
 * At most about `limit` points, by first, last, lowest and highest of each bucket of equal width, so that no spike is
 * lost. The input is in the order of x.
 */
export function thin(points: readonly Point[], limit: number): readonly Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (points.length <= limit || first === undefined || last === undefined || last[0] === first[0]) return points;
  const buckets = Math.max(1, Math.floor(limit / 4));
  const width = (last[0] - first[0]) / buckets;
  const kept: Point[] = [];
  let start = 0;
  while (start < points.length) {
    const from = points[start] ?? first;
    const bucket = Math.min(buckets - 1, Math.floor((from[0] - first[0]) / width));
    let end = start;
    let low = start;
    let high = start;
    for (let i = start; i < points.length; i += 1) {
      const point = points[i] ?? from;
      if (Math.min(buckets - 1, Math.floor((point[0] - first[0]) / width)) !== bucket) break;
      if (point[1] < (points[low] ?? from)[1]) low = i;
      if (point[1] > (points[high] ?? from)[1]) high = i;
      end = i;
    }
    for (const index of [...new Set([start, low, high, end])].sort((a, b) => a - b)) {
      const point = points[index];
      if (point !== undefined) kept.push(point);
    }
    start = end + 1;
  }
  return kept;
}
