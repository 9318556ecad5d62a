"use client";
import { Eraser, Undo2 } from "lucide-react";
import { useCallback, useEffect, useId, useRef, useState } from "react";
import { call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Answer } from "#app/draw/_components/answer.tsx";
import { DigitReader, NOTHING_READ } from "#app/draw/_components/digit-reader.ts";
import { Pad } from "#app/draw/_components/pad.tsx";
import type { Stroke } from "#lib/engine/digit/types.ts";
import { PredictReply } from "#lib/serving/schemas.ts";

const askServer = (pixels: Uint8Array, signal: AbortSignal) =>
  call("POST", "/predict", { reply: PredictReply, body: { pixels: Array.from(pixels) }, signal });

/** The pad with its tools, and beside it what the model makes of the drawing. */
export function DrawingDesk() {
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [drawing, setDrawing] = useState(false);
  const [penPx, setPenPx] = useState(18);
  const [reading, setReading] = useState(NOTHING_READ);
  const [hydrated, setHydrated] = useState(false);
  const reader = useRef<DigitReader>(null);
  const hintId = useId();

  useEffect(() => setHydrated(true), []);
  useEffect(() => {
    reader.current = new DigitReader(askServer, setReading);
    return () => reader.current?.stop();
  }, []);

  useEffect(() => reader.current?.rest(strokes), [strokes]);

  const undo = useCallback(() => setStrokes((all) => all.slice(0, -1)), []);
  const clear = useCallback(() => setStrokes([]), []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest("input:not([type=range]), textarea, select");
      if (typing || event.altKey) return;
      const command = event.ctrlKey || event.metaKey;
      if (event.key === "z") undo();
      else if (event.key === "c" && !command) clear();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [undo, clear]);

  const onDraw = (current: Stroke) => {
    setDrawing(true);
    reader.current?.draw([...strokes, current]);
  };
  const onStroke = (finished: Stroke) => {
    setDrawing(false);
    setStrokes((all) => [...all, finished]);
  };
  const onScale = useCallback((factor: number) => {
    setStrokes((all) =>
      all.map(({ points }) => ({
        points: points.map((point) => ({ ...point, x: point.x * factor, y: point.y * factor })),
      })),
    );
  }, []);

  const empty = strokes.length === 0 && !drawing;
  return (
    <div data-hydrated={hydrated} className="grid gap-4 md:grid-cols-[minmax(0,24rem)_minmax(0,1fr)] md:gap-6">
      <div className="mx-auto w-full max-w-[min(100%,58dvh)] md:mx-0 md:max-w-none">
        <Pad strokes={strokes} penPx={penPx} onDraw={onDraw} onStroke={onStroke} onScale={onScale} hintId={hintId} />
        <div className="mt-2 flex items-center gap-2">
          <Button size="lg" onClick={undo} disabled={strokes.length === 0}>
            <Undo2 aria-hidden /> Undo
          </Button>
          <Button size="lg" onClick={clear} disabled={strokes.length === 0}>
            <Eraser aria-hidden /> Clear
          </Button>
          <label className="ml-auto flex min-w-0 items-center gap-2 text-xs text-muted-foreground">
            Pen
            <input
              type="range"
              min={4}
              max={40}
              value={penPx}
              onChange={(event) => setPenPx(Number(event.target.value))}
              className="h-10 w-24 min-w-0 accent-primary"
            />
          </label>
        </div>
        <p id={hintId} className="mt-1 hidden text-xs text-muted-foreground md:block">
          By keyboard: arrows move the pen (with Shift in small steps, two at once slantwise), Space puts it down and
          lifts it, Z takes back a stroke, C clears.
        </p>
      </div>
      <Answer reading={reading} empty={empty} />
    </div>
  );
}
