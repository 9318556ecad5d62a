import { describe, expect, it } from "vitest";
import { generateDigit } from "#lib/engine/digit/generate-digit.ts";
import { imageToDigit } from "#lib/engine/digit/image-to-digit.ts";
import { gaussian, mulberry32 } from "#lib/engine/digit/prng.ts";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { strokesToDigit } from "#lib/engine/digit/strokes-to-digit.ts";
import { describeDigit } from "#lib/engine/digit/testing/describe-digit.ts";
import {
  grayToRgba,
  hasMnist,
  nearestNeighbour,
  readMnist,
  redrawBilevel,
} from "#lib/engine/digit/testing/mnist-test-set.ts";
import type { DigitResult, RgbaImage } from "#lib/engine/digit/types.ts";

function pixelsOf(result: DigitResult): Uint8Array {
  if (!result.ok) throw new Error(`refused: ${result.code}`);
  return result.pixels;
}

function codeOf(image: RgbaImage): string {
  const result = imageToDigit(image);
  return result.ok ? "ok" : result.code;
}

/** Repeats each pixel `factor` times and puts the result on a canvas. */
function enlarge(digit: Uint8Array, factor: number, canvas: number, left: number, top: number): Uint8Array {
  const out = new Uint8Array(canvas * canvas);
  for (let y = 0; y < 28 * factor; y++) {
    for (let x = 0; x < 28 * factor; x++) {
      out[(top + y) * canvas + left + x] = digit[Math.floor(y / factor) * 28 + Math.floor(x / factor)] ?? 0;
    }
  }
  return out;
}

const DIGITS = Array.from({ length: 40 }, (_, i) => pixelsOf(strokesToDigit(generateDigit(i % 10, i).strokes)));

describe("imageToDigit", () => {
  it("gives back an image that is already as MNIST has it, byte for byte", () => {
    for (const digit of DIGITS) expect(pixelsOf(imageToDigit(grayToRgba(digit, 28, 28)))).toEqual(digit);
  });

  it("does so in both polarities, enlarged by repeating pixels, off-centre, and at any place of a larger frame", () => {
    for (const [i, digit] of DIGITS.entries()) {
      const variants: RgbaImage[] = [
        grayToRgba(
          digit.map((v) => 255 - v),
          28,
          28,
        ),
        grayToRgba(enlarge(digit, 4, 112, 0, 0), 112, 112),
        grayToRgba(enlarge(digit, 2, 112, i, 56 - i), 112, 112),
        grayToRgba(
          enlarge(digit, 4, 250, 3 * i, 130 - i).map((v) => 255 - v),
          250,
          250,
        ),
      ];
      for (const variant of variants) expect(pixelsOf(imageToDigit(variant))).toEqual(digit);
    }
  });

  it("finds a small digit in a large photograph", () => {
    for (const digit of DIGITS.slice(0, 10)) {
      const pixels = pixelsOf(imageToDigit(grayToRgba(enlarge(digit, 6, 1600, 1100, 300), 1600, 1600)));
      const difference = pixels.reduce((sum, v, k) => sum + Math.abs(v - (digit[k] ?? 0)), 0) / 784 / 255;
      expect(difference).toBeLessThan(0.04);
    }
  });

  it("reads dark and light ink on transparent ground", () => {
    for (const digit of DIGITS.slice(0, 10)) {
      for (const tone of [0, 255]) {
        const image = grayToRgba(new Uint8Array(784).fill(tone), 28, 28);
        digit.forEach((alpha, k) => {
          image.data[4 * k + 3] = alpha;
        });
        expect(pixelsOf(imageToDigit(image))).toEqual(digit);
      }
    }
  });

  it("brings faint ink on grey, grained paper to the box and contrast of MNIST", () => {
    const random = mulberry32(4);
    for (const digit of DIGITS.slice(0, 10)) {
      const paper = enlarge(digit, 8, 300, 40, 30).map((v) => Math.round(205 - v * 0.5 + gaussian(random) * 3));
      const shape = describeDigit(pixelsOf(imageToDigit(grayToRgba(paper, 300, 300))));
      expect(Math.abs(shape.longestSide - 20)).toBeLessThanOrEqual(1);
      expect(Math.abs(shape.centreX - 14)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(shape.centreY - 14)).toBeLessThanOrEqual(0.5);
      expect(shape.max).toBeGreaterThanOrEqual(200);
    }
  });

  it("drops a speck far from the digit", () => {
    const digit = DIGITS[2] ?? new Uint8Array(784);
    const canvas = enlarge(digit, 4, 240, 100, 100);
    const clean = pixelsOf(imageToDigit(grayToRgba(canvas, 240, 240)));
    for (let y = 10; y < 14; y++) canvas.fill(255, y * 240 + 10, y * 240 + 14);
    expect(pixelsOf(imageToDigit(grayToRgba(canvas, 240, 240)))).toEqual(clean);
  });
});

describe("refusals of images", () => {
  const square = (side: number, canvas: number, tone = 255): RgbaImage => {
    const gray = new Uint8Array(canvas * canvas);
    for (let y = 0; y < side; y++) gray.fill(tone, (y + 20) * canvas + 20, (y + 20) * canvas + 20 + side);
    return grayToRgba(gray, canvas, canvas);
  };

  it.each([0, 128, 255])("refuses a blank image of tone %i", (tone) => {
    for (const side of [1, 28, 300])
      expect(codeOf(grayToRgba(new Uint8Array(side * side).fill(tone), side, side))).toBe("no_ink");
  });

  it("refuses blank paper with grain, a fully transparent image and no image at all", () => {
    const random = mulberry32(1);
    const grain = Uint8Array.from({ length: 90_000 }, () => Math.round(200 + gaussian(random) * 3));
    expect(codeOf(grayToRgba(grain, 300, 300))).toBe("no_ink");
    expect(codeOf({ width: 28, height: 28, data: new Uint8Array(3136) })).toBe("no_ink");
    expect(codeOf({ width: 0, height: 0, data: new Uint8Array(0) })).toBe("no_ink");
  });

  it("refuses a dot, a filled disc or square, and static", () => {
    expect(codeOf(square(5, 100))).toBe("too_small");
    expect(codeOf(square(60, 100))).toBe("too_much_ink");
    const disc = new Uint8Array(10_000);
    for (let i = 0; i < disc.length; i++) disc[i] = Math.hypot((i % 100) - 50, Math.floor(i / 100) - 50) < 30 ? 255 : 0;
    expect(codeOf(grayToRgba(disc, 100, 100))).toBe("too_much_ink");
    const random = mulberry32(2);
    const noise = Uint8Array.from({ length: 90_000 }, () => Math.floor(random() * 256));
    expect(codeOf(grayToRgba(noise, 300, 300))).not.toBe("ok");
  });

  it("refuses a hairline cross of too little ink", () => {
    const gray = new Uint8Array(400 * 400);
    for (let i = 40; i < 360; i++) gray[i * 400 + i] = 255;
    expect(codeOf(grayToRgba(gray, 400, 400))).toBe("too_little_ink");
  });

  it("refuses two digits side by side and names what to do", () => {
    for (let i = 0; i < 10; i++) {
      const canvas = new Uint8Array(112 * 224);
      [DIGITS[i], DIGITS[i + 7]].forEach((digit, k) => {
        for (let y = 0; y < 112; y++) {
          for (let x = 0; x < 112; x++) {
            canvas[y * 224 + k * 112 + x] = digit?.[Math.floor(y / 4) * 28 + Math.floor(x / 4)] ?? 0;
          }
        }
      });
      const result = imageToDigit(grayToRgba(canvas, 224, 112));
      expect(result).toMatchObject({ ok: false, code: "second_digit", remedy: expect.stringContaining("one digit") });
    }
  });
});

describe("speed", () => {
  it("prepares a 28×28 image in a few milliseconds at most", () => {
    const { images } = renderSynthetic({ seed: 3, count: 200 });
    const inputs = Array.from({ length: 200 }, (_, i) => grayToRgba(images.subarray(i * 784, i * 784 + 784), 28, 28));
    for (const input of inputs) imageToDigit(input);
    const times = inputs.map((input) => {
      const start = performance.now();
      imageToDigit(input);
      return performance.now() - start;
    });
    times.sort((a, b) => a - b);
    expect(times[100]).toBeLessThan(20);
  });
});

describe.skipIf(!hasMnist)("on MNIST (ASSAY_DATA_DIR)", () => {
  it("refuses at most 0.2 % of the 10,000 test images and leaves the others as they are", () => {
    const { images } = readMnist("t10k");
    let refused = 0;
    let difference = 0;
    for (let i = 0; i < 10_000; i++) {
      const digit = images.subarray(i * 784, i * 784 + 784);
      const result = imageToDigit(grayToRgba(digit, 28, 28));
      if (!result.ok) refused++;
      else for (let j = 0; j < 784; j++) difference += Math.abs((result.pixels[j] ?? 0) - (digit[j] ?? 0));
    }
    expect(refused).toBeLessThanOrEqual(20);
    expect(difference / (10_000 * 784 * 255)).toBeLessThan(0.001);
  });

  it("replays 1,000 test digits redrawn bilevel: mean difference at most 0.04, at least 0.99 of the accuracy", () => {
    const test = readMnist("t10k");
    const label = nearestNeighbour(readMnist("train"), 4000);
    let difference = 0;
    let right = 0;
    let plainRight = 0;
    let refused = 0;
    const count = 1000;
    for (let k = 0; k < count; k++) {
      const i = k * 10;
      const digit = test.images.subarray(i * 784, i * 784 + 784);
      const result = imageToDigit(redrawBilevel(digit, (k * 37) % 170, (k * 53) % 170, 400));
      if (label(digit) === test.labels[i]) plainRight++;
      if (!result.ok) {
        refused++;
        continue;
      }
      const { pixels } = result;
      for (let j = 0; j < 784; j++) difference += Math.abs((pixels[j] ?? 0) - (digit[j] ?? 0));
      if (label(pixels) === test.labels[i]) right++;
    }
    expect(refused).toBeLessThanOrEqual(5);
    expect(difference / ((count - refused) * 784 * 255)).toBeLessThanOrEqual(0.04);
    expect(right).toBeGreaterThanOrEqual(0.99 * plainRight);
  });
});
