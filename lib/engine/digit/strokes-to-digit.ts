import { judgeInk, labelInk } from "#lib/engine/digit/components.ts";
import { placeByMass } from "#lib/engine/digit/place-by-mass.ts";
import { averageDown, type FineRaster, rasterise, SUPERSAMPLE } from "#lib/engine/digit/rasterise.ts";
import { MIN_BOX_PIXELS, MIN_INK, refuse } from "#lib/engine/digit/refusals.ts";
import { longestSide, normaliseStrokes, SNAP, type StrokeGeometry } from "#lib/engine/digit/stroke-geometry.ts";
import { BOX_SIDE, type DigitResult, type Stroke } from "#lib/engine/digit/types.ts";

/** Pen diameter in pixels of the 28×28 image: a tenth of the box, as in MNIST. The width drawn on screen plays no part. */
const PEN_UNITS = 2;
/**
 * Longest pen path of one digit, in pixels of the 28×28 image. Generated digits stay under 100; twice over one's own
 * lines is still a digit, more is a scribble.
 */
const MAX_PATH_UNITS = 200;
/** Most ink of one digit with this pen, Σ v/255. Generated digits stay under 146; hatching has more. */
const MAX_PEN_INK = 190;

/**
 * Turns strokes in CSS pixels into the image a digit model was trained on. Deterministic: the same drawing moved, scaled by
 * a power of two, or captured at another device pixel ratio gives the same 784 bytes in every engine.
 * Refuses: no_ink, too_small (under 8 px), second_digit, too_little_ink, too_much_ink (scribbles), bad_strokes.
 */
export function strokesToDigit(strokes: readonly Stroke[]): DigitResult {
  const drawn = strokes.filter((stroke) => stroke.points.length > 0);
  if (drawn.length === 0) return refuse("no_ink");
  if (!drawn.every((stroke) => stroke.points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)))) {
    return refuse("bad_strokes");
  }
  const sorted = dropStrays(drawn);
  if (sorted === "second_digit") return refuse("second_digit");
  if (longestSide(sorted) < MIN_BOX_PIXELS) return refuse("too_small");
  const geometry = normaliseStrokes(sorted, BOX_SIDE - PEN_UNITS);
  if (!geometry) return refuse("too_small");
  if (pathUnits(geometry) > MAX_PATH_UNITS) return refuse("too_much_ink");

  const image = averageDown(rasterise(geometry, PEN_UNITS));
  const ink = image.data.reduce((sum, v) => sum + v, 0) / 255;
  if (ink < MIN_INK) return refuse("too_little_ink");
  if (ink > MAX_PEN_INK) return refuse("too_much_ink");
  return { ok: true, pixels: placeByMass(image) };
}

/** The strokes without stray taps, or word that they are two digits. */
function dropStrays(strokes: readonly Stroke[]): readonly Stroke[] | "second_digit" {
  if (strokes.length === 1) return strokes;
  const geometry = normaliseStrokes(strokes, BOX_SIDE - PEN_UNITS);
  if (!geometry) return strokes;
  // Half the pen: on a wide drawing of two small digits the full pen would fill the gap between them.
  const raster = rasterise(geometry, PEN_UNITS / 2);
  const labelled = labelInk(raster.data, raster.width, raster.height, 1);
  const partOf = geometry.paths.map((path) => (labelled.labels[fineIndex(raster, path)] ?? 0) - 1);
  // Ink is the length of the pen's way here: a stray tap has none, whereas its dot is 3 % of the ink of a digit.
  const parts = labelled.parts.map((part, i) => ({
    ...part,
    ink: geometry.paths.reduce((sum, path, k) => (partOf[k] === i ? sum + lengthOf(path) : sum), 0),
  }));
  const { keep, second } = judgeInk({ ...labelled, parts });
  if (second) return "second_digit";
  return strokes.filter((_, i) => keep[partOf[i] ?? -1] !== false);
}

/** The subsample that holds the first point of a path. */
function fineIndex(raster: FineRaster, path: Int32Array): number {
  const x = Math.floor(((path[0] ?? 0) * SUPERSAMPLE) / SNAP + raster.originX);
  const y = Math.floor(((path[1] ?? 0) * SUPERSAMPLE) / SNAP + raster.originY);
  return Math.min(y, raster.height - 1) * raster.width + Math.min(x, raster.width - 1);
}

function pathUnits(geometry: StrokeGeometry): number {
  return geometry.paths.reduce((sum, path) => sum + lengthOf(path), 0) / SNAP;
}

/** In 1/256 unit. */
function lengthOf(path: Int32Array): number {
  let length = 0;
  for (let i = 2; i < path.length; i += 2) {
    length += Math.sqrt(((path[i] ?? 0) - (path[i - 2] ?? 0)) ** 2 + ((path[i + 1] ?? 0) - (path[i - 1] ?? 0)) ** 2);
  }
  return length;
}
