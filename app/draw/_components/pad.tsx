"use client";
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import { drawInk, drawPenCursor } from "#app/draw/_components/ink.ts";
import { isArrow, type KeyboardPen, stepPen } from "#app/draw/_components/keyboard-pen.ts";
import type { Stroke, StrokePoint } from "#lib/engine/digit/types.ts";

interface PadProps {
  /** Finished strokes, in CSS pixels of the pad. */
  strokes: readonly Stroke[];
  /** Diameter of the ink on screen; it plays no part in what is read. */
  penPx: number;
  /** The stroke under the pen has grown. */
  onDraw(current: Stroke): void;
  onStroke(finished: Stroke): void;
  /** The pad's side changed by this factor; strokes have to be scaled with it. */
  onScale(factor: number): void;
  hintId: string;
}

/** A square to draw on with mouse, finger, pen or keyboard. */
export function Pad({ strokes, penPx, onDraw, onStroke, onScale, hintId }: PadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useRef<Stroke | null>(null);
  const pointer = useRef<number | null>(null);
  const held = useRef(new Set<string>());
  const side = useRef(0);
  const frame = useRef(0);
  const [pen, setPen] = useState<KeyboardPen | null>(null);

  const paint = useCallback(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const ratio = element.width / (side.current || 1);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, side.current, side.current);
    const { color, accentColor } = getComputedStyle(element);
    context.strokeStyle = context.fillStyle = color;
    drawInk(context, current.current ? [...strokes, current.current] : strokes, penPx);
    if (!pen) return;
    context.strokeStyle = context.fillStyle = accentColor;
    drawPenCursor(context, pen.x, pen.y, pen.down);
  }, [strokes, penPx, pen]);

  const repaint = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(paint);
  }, [paint]);

  useEffect(() => {
    repaint();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", repaint);
    return () => {
      scheme.removeEventListener("change", repaint);
      cancelAnimationFrame(frame.current);
    };
  }, [repaint]);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      const now = element.clientWidth;
      if (now === 0) return;
      const before = side.current;
      side.current = now;
      element.width = element.height = Math.round(now * devicePixelRatio);
      if (before > 0 && before !== now) onScale(now / before);
      repaint();
    });
    observer.observe(element);
    // Reached by Tab from now on, when arrows and Space can draw.
    if (element.parentElement) element.parentElement.tabIndex = 0;
    return () => observer.disconnect();
  }, [onScale, repaint]);

  const finish = () => {
    pointer.current = null;
    const stroke = current.current;
    current.current = null;
    if (stroke) onStroke(stroke);
  };

  const extend = (points: StrokePoint[]) => {
    if (!current.current) return;
    current.current.points.push(...points);
    repaint();
    onDraw(current.current);
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (pointer.current !== null || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (current.current) finish();
    setPen(null);
    pointer.current = event.pointerId;
    current.current = { points: [] };
    extend([pointOf(event.nativeEvent, event.currentTarget)]);
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerId !== pointer.current) return;
    const target = event.currentTarget;
    const coalesced = event.nativeEvent.getCoalescedEvents?.() ?? [];
    extend((coalesced.length > 0 ? coalesced : [event.nativeEvent]).map((one) => pointOf(one, target)));
  };

  const onPointerEnd = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerId === pointer.current) finish();
  };

  const putPen = (next: KeyboardPen) => {
    setPen(next);
    if (!next.down) {
      if (current.current) finish();
      return;
    }
    current.current ??= { points: [] };
    extend([{ x: next.x, y: next.y, t: performance.now() }]);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (pointer.current !== null || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = pen ?? { x: side.current / 2, y: side.current / 2, down: false };
    if (isArrow(event.key)) {
      held.current.add(event.key);
      putPen(stepPen(at, held.current, side.current, event.shiftKey));
    } else if (event.key === " " && !event.repeat) putPen({ ...at, down: !at.down });
    else if (event.key === "Escape" && at.down) putPen({ ...at, down: false });
    else if (event.key !== " ") return;
    event.preventDefault();
  };

  return (
    <div
      role="application"
      aria-label="Drawing pad"
      aria-describedby={hintId}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => held.current.delete(event.key)}
      onBlur={() => {
        held.current.clear();
        if (pen?.down) putPen({ ...pen, down: false });
      }}
      onContextMenu={(event) => event.preventDefault()}
      className="aspect-square w-full cursor-crosshair touch-none rounded-lg border border-input bg-card select-none [-webkit-touch-callout:none]"
    >
      <canvas ref={canvas} aria-hidden className="size-full rounded-lg text-foreground accent-primary" />
    </div>
  );
}

/** In CSS pixels of the pad, fractions kept. */
function pointOf(event: globalThis.PointerEvent, pad: HTMLElement): StrokePoint {
  const box = pad.getBoundingClientRect();
  return {
    x: event.clientX - box.left - pad.clientLeft,
    y: event.clientY - box.top - pad.clientTop,
    t: event.timeStamp,
    pressure: event.pressure,
  };
}
