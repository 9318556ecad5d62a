import { areaAverage } from "#lib/engine/digit/area-average.ts";
import { judgeInk, type LabelledInk, labelInk } from "#lib/engine/digit/components.ts";
import { backdropOf, type Gray, grayOf, type Region } from "#lib/engine/digit/gray.ts";
import { placeByMass } from "#lib/engine/digit/place-by-mass.ts";
import { MAX_INK, MIN_BOX_PIXELS, MIN_INK, refuse } from "#lib/engine/digit/refusals.ts";
import { type InkScale, inkOf, inkScaleOf } from "#lib/engine/digit/separate-ink.ts";
import { BOX_SIDE, type DigitResult, type Refusal, type RgbaImage } from "#lib/engine/digit/types.ts";

/** Longest side of the image that pieces are searched in; larger ones are averaged down by a whole factor first. */
const SEARCH_SIDE = 256;
/** A digit found smaller than this in the reduced image is looked at again at a finer scale. */
const FINE_SIDE = 64;

/**
 * Turns a picture of one digit (any size, dark on light or light on dark, transparent or not) into the image a model was
 * trained on. An MNIST image sent as it is comes out as it is.
 * Refuses: no_ink, too_small (under 8 px), second_digit, too_little_ink, too_much_ink.
 */
export function imageToDigit(image: RgbaImage): DigitResult {
  if (image.width < 1 || image.height < 1) return refuse("no_ink");
  const backdrop = backdropOf(image);
  const whole: Region = { left: 0, top: 0, width: image.width, height: image.height };
  const factor = Math.ceil(Math.max(image.width, image.height) / SEARCH_SIDE);
  const gray = grayOf(image, backdrop, whole, factor);
  const scale = inkScaleOf(gray);
  if (!scale) return refuse("no_ink");
  const found = findDigit(inkOf(gray, scale), scale);
  if ("code" in found) return found;
  const longest = Math.max(found.width, found.height);
  if (longest * factor < MIN_BOX_PIXELS) return refuse("too_small");
  if (factor === 1 || longest >= FINE_SIDE) return finish(found, factor);

  const region = enlarge(found.box, factor, image);
  const finer = Math.ceil(Math.max(region.width, region.height) / SEARCH_SIDE);
  const again = findDigit(inkOf(grayOf(image, backdrop, region, finer), scale), scale);
  return "code" in again ? again : finish(again, finer);
}

/** The digit's ink cut out along its box, everything that is not the digit zeroed. */
interface Found extends Gray {
  box: Region;
}

function findDigit(ink: Gray, scale: InkScale): Found | Refusal {
  const labelled = sureParts(labelInk(ink.data, ink.width, ink.height, scale.low), scale.high);
  if (labelled.parts.length === 0) return refuse("no_ink");
  const { keep, second } = judgeInk(labelled);
  if (second) return refuse("second_digit");
  const kept = labelled.parts.filter((_, i) => keep[i]);
  const left = Math.min(...kept.map((part) => part.left));
  const top = Math.min(...kept.map((part) => part.top));
  const width = Math.max(...kept.map((part) => part.right)) - left + 1;
  const height = Math.max(...kept.map((part) => part.bottom)) - top + 1;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (top + y) * ink.width + left + x;
      if (keep[(labelled.labels[at] ?? 0) - 1]) data[y * width + x] = ink.data[at] ?? 0;
    }
  }
  return { width, height, data, box: { left, top, width, height } };
}

/** Pieces with no pixel that is surely ink are grain in the paper. Drops them and numbers the others anew. */
function sureParts(labelled: LabelledInk, high: number): LabelledInk {
  if (labelled.parts.every((part) => part.peak >= high)) return labelled;
  const renumbered = new Int32Array(labelled.parts.length + 1);
  const parts = labelled.parts.filter((part, i) => {
    if (part.peak < high) return false;
    renumbered[i + 1] = 1;
    return true;
  });
  let next = 0;
  for (let i = 1; i < renumbered.length; i++) if (renumbered[i]) renumbered[i] = ++next;
  return { ...labelled, parts, labels: labelled.labels.map((label) => renumbered[label] ?? 0) };
}

/** Scales the box to 20 pixels, checks the amount of ink, and centres it. */
function finish({ width, height, data }: Found, factor: number): DigitResult {
  const longest = Math.max(width, height);
  // Already of MNIST's size: resampling by a pixel more or less would only blur it.
  const native = factor === 1 && Math.abs(longest - BOX_SIDE) <= 1;
  const columns = native ? width : Math.max(1, Math.round((width * BOX_SIDE) / longest));
  const rows = native ? height : Math.max(1, Math.round((height * BOX_SIDE) / longest));
  const small = native ? new Float32Array(data) : areaAverage(data, width, height, columns, rows);
  let ink = 0;
  for (let i = 0; i < small.length; i++) ink += small[i] ?? 0;
  let peak = 0;
  for (let i = 0; i < data.length; i++) peak = Math.max(peak, data[i] ?? 0);
  // Faint ink (pencil, grey paper) counts as if it were black: the limits are about how much is drawn, not how dark.
  const amount = ink / (peak < 200 ? peak : 255);
  if (amount < MIN_INK) return refuse("too_little_ink");
  if (amount > MAX_INK) return refuse("too_much_ink");
  return { ok: true, pixels: placeByMass({ width: columns, height: rows, data: small }) };
}

/** The box in pixels of the full image, with a margin for edges that the coarse image did not show. */
function enlarge(box: Region, factor: number, image: RgbaImage): Region {
  const margin = factor * 2 + Math.ceil(Math.max(box.width, box.height) * factor * 0.05);
  const left = Math.max(0, box.left * factor - margin);
  const top = Math.max(0, box.top * factor - margin);
  return {
    left,
    top,
    width: Math.min(image.width, (box.left + box.width) * factor + margin) - left,
    height: Math.min(image.height, (box.top + box.height) * factor + margin) - top,
  };
}
