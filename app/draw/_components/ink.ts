import type { Stroke } from "#lib/engine/digit/types.ts";

/** Draws strokes as they will be read: round pen, quadratic curves through the midpoints. Lengths in CSS pixels. */
export function drawInk(context: CanvasRenderingContext2D, strokes: readonly Stroke[], penPx: number): void {
  context.lineWidth = penPx;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { points } of strokes) {
    const [first] = points;
    if (!first) continue;
    context.beginPath();
    if (points.every(({ x, y }) => x === first.x && y === first.y)) {
      context.arc(first.x, first.y, penPx / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    context.moveTo(first.x, first.y);
    for (let i = 1; i < points.length; i++) {
      const point = points[i];
      const next = points[i + 1];
      if (!point) continue;
      if (next) context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
      else context.lineTo(point.x, point.y);
    }
    context.stroke();
  }
}

/** A cross where the keyboard's pen stands; filled when it is down. */
export function drawPenCursor(context: CanvasRenderingContext2D, x: number, y: number, down: boolean): void {
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.moveTo(x - 15, y);
  context.lineTo(x + 15, y);
  context.moveTo(x, y - 15);
  context.lineTo(x, y + 15);
  context.stroke();
  if (!down) return;
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fill();
}
