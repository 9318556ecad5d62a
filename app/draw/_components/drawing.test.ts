import { describe, expect, it } from "vitest";
import { stepPen } from "#app/draw/_components/keyboard-pen.ts";
import { verdictOf } from "#app/draw/_components/verdict-of.ts";

describe("stepPen", () => {
  const pen = { x: 160, y: 160, down: true };

  it("moves a 32nd of the side, an 80th in small steps, slantwise with two arrows", () => {
    expect(stepPen(pen, ["ArrowLeft"], 320, false)).toEqual({ x: 150, y: 160, down: true });
    expect(stepPen(pen, ["ArrowDown"], 320, true)).toEqual({ x: 160, y: 164, down: true });
    expect(stepPen(pen, ["ArrowRight", "ArrowUp"], 320, false)).toEqual({ x: 170, y: 150, down: true });
  });

  it("stays within the pad", () => {
    expect(stepPen({ x: 2, y: 318, down: false }, ["ArrowLeft", "ArrowDown"], 320, false)).toMatchObject({
      x: 0,
      y: 320,
    });
  });
});

describe("verdictOf", () => {
  const of = (four: number, nine: number) => verdictOf({ probabilities: [0, 0, 0, 0, four, 0, 0, 0, 0, nine] });

  it("is sure with a clear lead and names both digits without one", () => {
    expect(of(0.9, 0.1)).toEqual({ sure: true, best: 4, second: 9, confidence: 0.9, secondConfidence: 0.1 });
    expect(of(0.45, 0.55)).toEqual({ sure: false, best: 9, second: 4, confidence: 0.55, secondConfidence: 0.45 });
  });
});
