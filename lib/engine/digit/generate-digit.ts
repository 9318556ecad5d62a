import { gaussian, mixSeeds, mulberry32, type Random } from "#lib/engine/digit/prng.ts";
import { STROKE_TEMPLATES, type StrokeTemplate } from "#lib/engine/digit/stroke-templates.ts";
import type { Stroke, StrokePoint } from "#lib/engine/digit/types.ts";

export interface GeneratedDigit {
  label: number;
  style: string;
  strokes: Stroke[];
}

/** Points a control segment is cut into: about what a 120 Hz pointer samples on a quickly written digit. */
const SAMPLES_PER_SEGMENT = 6;
const MILLISECONDS_PER_SAMPLE = 8;

/**
 * A digit as a hand might draw it on a 320-pixel pad: a template with moved control points, then slant, rotation, width,
 * size, place and tremor. The same label, seed and style give the same strokes in every engine (only + − × ÷ are used).
 *
 * @param label 0..9
 * @param style a style name of the templates; drawn from the seed when left out
 * @throws RangeError when the label or style does not exist
 */
export function generateDigit(label: number, seed: number, style?: string): GeneratedDigit {
  const templates = STROKE_TEMPLATES[label];
  if (!templates) throw new RangeError(`no digit ${label}: labels are 0..9`);
  const random = mulberry32(mixSeeds(seed, label + 1));
  const drawn = Math.floor(random() * templates.length);
  const template = style === undefined ? templates[drawn] : templates.find((t) => t.style === style);
  if (!template) throw new RangeError(`no style "${style}" for digit ${label}`);
  return { label, style: template.style, strokes: drawTemplate(template, random) };
}

function drawTemplate(template: StrokeTemplate, random: Random): Stroke[] {
  const height = 110 + random() * 150;
  const width = height * (0.62 + random() * 0.4);
  const slant = -0.12 + gaussian(random) * 0.16; // x moves with y: negative leans to the right
  const turn = gaussian(random) * 0.07; // a shear of y; with the slant it makes a small rotation
  const left = 20 + random() * 40;
  const top = 20 + random() * 30;
  const looseness = 1 + random() * 2.4;
  const tremor = random() * 0.5;

  let t = 0;
  return template.strokes.map((control) => {
    const points: StrokePoint[] = smoothPath(moveControls(control, looseness, random)).map(([cx, cy]) => {
      const u = cx / 100 - 0.5;
      const v = cy / 100 - 0.5;
      t += MILLISECONDS_PER_SAMPLE;
      return {
        x: left + width * (0.5 + u) + height * slant * v + gaussian(random) * tremor,
        y: top + height * (0.5 + v) + width * turn * u + gaussian(random) * tremor,
        t,
      };
    });
    t += 120;
    return { points };
  });
}

/** Moves each control point a little; the two halves of a corner stay together. */
function moveControls(control: readonly number[], looseness: number, random: Random): [number, number][] {
  const moved: [number, number][] = [];
  for (let i = 0; i + 1 < control.length; i += 2) {
    const x = control[i] ?? 0;
    const y = control[i + 1] ?? 0;
    const last = moved.at(-1);
    if (last && control[i - 2] === x && control[i - 1] === y) moved.push([last[0], last[1]]);
    else moved.push([x + gaussian(random) * looseness, y + gaussian(random) * looseness]);
  }
  return moved;
}

/** A Catmull–Rom curve through the points, sampled evenly in its parameter. */
function smoothPath(points: [number, number][]): [number, number][] {
  const at = (i: number): [number, number] => points[Math.min(Math.max(i, 0), points.length - 1)] ?? [0, 0];
  const path: [number, number][] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const p0 = at(i - 1);
    const p1 = at(i);
    const p2 = at(i + 1);
    const p3 = at(i + 2);
    if (p1[0] === p2[0] && p1[1] === p2[1]) continue;
    for (let s = 0; s < SAMPLES_PER_SEGMENT; s++) {
      const u = s / SAMPLES_PER_SEGMENT;
      path.push([spline(p0[0], p1[0], p2[0], p3[0], u), spline(p0[1], p1[1], p2[1], p3[1], u)]);
    }
  }
  path.push(at(points.length - 1));
  return path;
}

function spline(a: number, b: number, c: number, d: number, u: number): number {
  return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
}
