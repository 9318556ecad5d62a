import type { Stroke } from "#lib/engine/digit/types.ts";

/** Flattened strokes: one array x0, y0, x1, y1, … a stroke, whole numbers of 1/256 unit, the ink box starting at 0, 0. */
export interface StrokeGeometry {
  paths: Int32Array[];
  /** Extent of the pen's centre line, in 1/256 unit. The longer of the two is `extent`. */
  width: number;
  height: number;
}

/** Parts of a unit that geometry is snapped to; the reason why equal drawings give equal bytes. */
export const SNAP = 256;

/**
 * Snapping rounds half up, a hair early: coordinates that are exact in one scale and off by a rounding error in another
 * (÷ 3, × 0.1) must not fall on different sides of a tie.
 */
function snap(value: number): number {
  return Math.floor(value + 0.5 + 2 ** -20);
}

/** Longest side of the box around all points, in the points' own unit; 0 when there is none or only one place. */
export function longestSide(strokes: readonly Stroke[]): number {
  const box = boxOf(strokes);
  return box ? Math.max(box.maxX - box.minX, box.maxY - box.minY) : 0;
}

/**
 * Scales strokes so that the longest side of their smoothed centre line is `extentUnits`, smooths them with quadratic
 * curves through the midpoints (as the pad draws them), and flattens the curves.
 *
 * The points are snapped before smoothing and again after scaling to the curve's box, so every later step is exact:
 * translation, scale and device pixel ratio drop out.
 */
export function normaliseStrokes(strokes: readonly Stroke[], extentUnits: number): StrokeGeometry | null {
  const box = boxOf(strokes);
  if (!box) return null;
  const longest = Math.max(box.maxX - box.minX, box.maxY - box.minY);
  if (longest <= 0) return null;
  const extent = extentUnits * SNAP;

  const curves = strokes
    .filter((stroke) => stroke.points.length > 0)
    .map((stroke) => {
      const snapped: number[] = [];
      for (const point of stroke.points) {
        const x = snap(((point.x - box.minX) * extent) / longest);
        const y = snap(((point.y - box.minY) * extent) / longest);
        if (snapped.at(-2) !== x || snapped.at(-1) !== y || snapped.length === 0) snapped.push(x, y);
      }
      return flattenMidpointCurve(snapped);
    });

  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const curve of curves) {
    for (let i = 0; i < curve.length; i += 2) {
      minX = Math.min(minX, curve[i] ?? 0);
      maxX = Math.max(maxX, curve[i] ?? 0);
      minY = Math.min(minY, curve[i + 1] ?? 0);
      maxY = Math.max(maxY, curve[i + 1] ?? 0);
    }
  }
  const smoothLongest = Math.max(maxX - minX, maxY - minY);
  if (smoothLongest <= 0) return null;
  const paths = curves.map((curve) => {
    const path = new Int32Array(curve.length);
    for (let i = 0; i < curve.length; i++) {
      path[i] = snap((((curve[i] ?? 0) - (i % 2 === 0 ? minX : minY)) * extent) / smoothLongest);
    }
    return path;
  });
  return {
    paths,
    width: snap(((maxX - minX) * extent) / smoothLongest),
    height: snap(((maxY - minY) * extent) / smoothLongest),
  };
}

/**
 * Start → first midpoint (line), then a quadratic from midpoint to midpoint with the point between them as its control,
 * then a line to the end. Powers of two as step counts keep the arithmetic exact.
 */
function flattenMidpointCurve(points: readonly number[]): number[] {
  const count = points.length / 2;
  if (count <= 2) return [...points];
  const x = (i: number) => points[2 * i] ?? 0;
  const y = (i: number) => points[2 * i + 1] ?? 0;
  const flat = [x(0), y(0)];
  let fromX = (x(0) + x(1)) / 2;
  let fromY = (y(0) + y(1)) / 2;
  flat.push(fromX, fromY);
  for (let i = 1; i + 1 < count; i++) {
    const toX = (x(i) + x(i + 1)) / 2;
    const toY = (y(i) + y(i + 1)) / 2;
    // How far the curve bends away from its chord decides the steps: a quarter of a subsample is invisible.
    const bend = Math.abs(fromX + toX - 2 * x(i)) + Math.abs(fromY + toY - 2 * y(i));
    const steps = bend < 16 ? 1 : bend < 128 ? 2 : bend < 512 ? 4 : bend < 2048 ? 8 : 16;
    for (let k = 1; k <= steps; k++) {
      const a = (steps - k) ** 2;
      const b = 2 * k * (steps - k);
      const c = k * k;
      const n = steps * steps;
      flat.push((a * fromX + b * x(i) + c * toX) / n, (a * fromY + b * y(i) + c * toY) / n);
    }
    fromX = toX;
    fromY = toY;
  }
  flat.push(x(count - 1), y(count - 1));
  return flat;
}

function boxOf(strokes: readonly Stroke[]) {
  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const stroke of strokes) {
    for (const { x, y } of stroke.points) {
      minX = Math.min(minX, x);
      maxX = Math.max(maxX, x);
      minY = Math.min(minY, y);
      maxY = Math.max(maxY, y);
    }
  }
  return minX <= maxX ? { minX, minY, maxX, maxY } : null;
}
