import { describe, expect, it } from "vitest";
import { generateDigit } from "#lib/engine/digit/generate-digit.ts";
import { STROKE_TEMPLATES } from "#lib/engine/digit/stroke-templates.ts";
import { strokesToDigit } from "#lib/engine/digit/strokes-to-digit.ts";
import { describeDigit } from "#lib/engine/digit/testing/describe-digit.ts";
import type { DigitResult, Stroke } from "#lib/engine/digit/types.ts";

/** Every style of every digit, three hands each. */
const DRAWINGS = STROKE_TEMPLATES.flatMap((templates, label) =>
  templates.flatMap(({ style }) =>
    [1, 2, 3].map((seed) => ({ name: `${label} ${style} ${seed}`, ...generateDigit(label, seed, style) })),
  ),
);

function pixelsOf(result: DigitResult): Uint8Array {
  if (!result.ok) throw new Error(`refused: ${result.code}`);
  return result.pixels;
}

function mapPoints(strokes: readonly Stroke[], move: (x: number, y: number) => [number, number]): Stroke[] {
  return strokes.map(({ points }) => ({
    points: points.map((point) => {
      const [x, y] = move(point.x, point.y);
      return { ...point, x, y };
    }),
  }));
}

function differences(a: Uint8Array, b: Uint8Array): { pixels: number; most: number } {
  let pixels = 0;
  let most = 0;
  a.forEach((v, i) => {
    const d = Math.abs(v - (b[i] ?? 0));
    if (d > 0) pixels++;
    most = Math.max(most, d);
  });
  return { pixels, most };
}

describe("strokesToDigit", () => {
  it.each(DRAWINGS)("gives $name the box, place and contrast of MNIST", ({ strokes }) => {
    const shape = describeDigit(pixelsOf(strokesToDigit(strokes)));
    expect(shape.longestSide).toBeGreaterThanOrEqual(19);
    expect(shape.longestSide).toBeLessThanOrEqual(21);
    for (const centre of [shape.centreX, shape.centreY]) {
      expect(centre).toBeGreaterThanOrEqual(13.5);
      expect(centre).toBeLessThanOrEqual(14.5);
    }
    expect(shape.max).toBeGreaterThanOrEqual(200);
  });

  it("gives the same bytes wherever and however large it is drawn, at any device pixel ratio", () => {
    for (const { strokes } of DRAWINGS) {
      const original = pixelsOf(strokesToDigit(strokes));
      const same = [
        mapPoints(strokes, (x, y) => [x + 137.25, y - 41]),
        mapPoints(strokes, (x, y) => [x * 0.5, y * 0.5]),
        mapPoints(strokes, (x, y) => [x * 4, y * 4]),
        // Captured in device pixels and divided back, as browsers do.
        mapPoints(strokes, (x, y) => [(x * 2) / 2, (y * 2) / 2]),
        mapPoints(strokes, (x, y) => [(x * 3) / 3, (y * 3) / 3]),
        mapPoints(strokes, (x, y) => [x * 3, y * 3]),
      ];
      for (const variant of same) expect(pixelsOf(strokesToDigit(variant))).toEqual(original);
    }
  });

  it("differs by at most one grey level in four pixels at other scales", () => {
    for (const { strokes } of DRAWINGS) {
      const original = pixelsOf(strokesToDigit(strokes));
      for (const scale of [0.3, 0.7, 1.1, 1.7, 3]) {
        const other = pixelsOf(strokesToDigit(mapPoints(strokes, (x, y) => [x * scale + 0.1, y * scale - 0.7])));
        const { pixels, most } = differences(original, other);
        expect(most).toBeLessThanOrEqual(1);
        expect(pixels).toBeLessThanOrEqual(4);
      }
    }
  });

  it("takes no notice of pressure or time, so the pen slider plays no part", () => {
    for (const { strokes } of DRAWINGS.slice(0, 20)) {
      const thick = strokes.map(({ points }) => ({ points: points.map(({ x, y }) => ({ x, y, pressure: 1, t: 0 })) }));
      const thin = strokes.map(({ points }) => ({ points: points.map(({ x, y }) => ({ x, y, pressure: 0.1 })) }));
      expect(pixelsOf(strokesToDigit(thick))).toEqual(pixelsOf(strokesToDigit(thin)));
    }
  });

  it("keeps the pen two pixels wide, however long the line", () => {
    const line = (length: number): Stroke[] => [
      {
        points: [
          { x: 50, y: 10 },
          { x: 50, y: 10 + length },
        ],
      },
    ];
    for (const length of [20, 100, 400]) {
      const pixels = pixelsOf(strokesToDigit(line(length)));
      const middle = [...pixels.subarray(14 * 28, 15 * 28)].filter((v) => v > 0);
      expect(middle).toEqual([255, 255]);
    }
  });
});

describe("refusals of strokes", () => {
  const line = (x0: number, y0: number, x1: number, y1: number): Stroke => ({
    points: Array.from({ length: 21 }, (_, i) => ({ x: x0 + ((x1 - x0) * i) / 20, y: y0 + ((y1 - y0) * i) / 20 })),
  });
  const shifted = (strokes: readonly Stroke[], dx: number) => mapPoints(strokes, (x, y) => [x + dx, y]);
  const codeOf = (strokes: readonly Stroke[]) => {
    const result = strokesToDigit(strokes);
    return result.ok ? "ok" : result.code;
  };

  it("refuses an empty pad", () => {
    expect(codeOf([])).toBe("no_ink");
    expect(codeOf([{ points: [] }])).toBe("no_ink");
  });

  it("refuses a tap and a tiny mark", () => {
    expect(codeOf([{ points: [{ x: 100, y: 100 }] }])).toBe("too_small");
    expect(codeOf([line(100, 100, 107, 103)])).toBe("too_small");
    expect(codeOf([line(100, 100, 100, 109)])).toBe("ok");
  });

  it("refuses a huge scribble", () => {
    const zigzag: Stroke = {
      points: Array.from({ length: 400 }, (_, i) => ({ x: 20 + (i % 2) * 260, y: 20 + i * 0.65 })),
    };
    expect(codeOf([zigzag])).toBe("too_much_ink");
    let angle = 0;
    const spiral: Stroke = {
      points: Array.from({ length: 900 }, () => {
        angle += 0.12;
        return { x: 150 + angle * 1.3 * Math.cos(angle), y: 150 + angle * 1.3 * Math.sin(angle) };
      }),
    };
    expect(codeOf([spiral])).toBe("too_much_ink");
  });

  it("refuses two digits side by side, and takes each alone", () => {
    for (let a = 0; a < 10; a++) {
      const first = generateDigit(a, 11).strokes;
      const second = generateDigit((a + 3) % 10, 12).strokes;
      expect(codeOf(first)).toBe("ok");
      expect(codeOf([...first, ...shifted(second, 380)])).toBe("second_digit");
    }
  });

  it("drops a stray tap far away: the bytes are those without it", () => {
    for (const label of [0, 2, 3, 5, 8]) {
      const { strokes } = generateDigit(label, 5);
      const stray: Stroke = {
        points: [
          { x: 480, y: 20 },
          { x: 481, y: 20 },
        ],
      };
      expect(pixelsOf(strokesToDigit([...strokes, stray]))).toEqual(pixelsOf(strokesToDigit(strokes)));
    }
  });

  it("refuses coordinates that are no numbers", () => {
    expect(
      codeOf([
        {
          points: [
            { x: Number.NaN, y: 0 },
            { x: 10, y: 30 },
          ],
        },
      ]),
    ).toBe("bad_strokes");
    expect(
      codeOf([
        {
          points: [
            { x: 0, y: Number.POSITIVE_INFINITY },
            { x: 10, y: 30 },
          ],
        },
      ]),
    ).toBe("bad_strokes");
  });
});
