"use client";
import { useEffect, useRef } from "react";

const SIDE = 28;

/** A 28 × 28 digit, white on black as the model sees it. `pixels` is base64 of its 784 bytes; `alt` says what it is. */
export function DigitImage({ pixels, alt, size = 56 }: { pixels: string; alt: string; size?: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(SIDE, SIDE);
    const raw = atob(pixels);
    for (let i = 0; i < SIDE * SIDE; i += 1) {
      const ink = raw.charCodeAt(i);
      image.data.set([ink, ink, ink, 255], i * 4);
    }
    context.putImageData(image, 0, 0);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      width={SIDE}
      height={SIDE}
      role="img"
      aria-label={alt}
      title={alt}
      className="rounded-sm bg-black [image-rendering:pixelated]"
      style={{ width: size, height: size }}
    />
  );
}
