import { SNAP, type StrokeGeometry } from "#lib/engine/digit/stroke-geometry.ts";

/** Subsamples a pixel has along each axis. */
export const SUPERSAMPLE = 8;

/** A bilevel image at `SUPERSAMPLE` times the pixel resolution; 1 is ink. */
export interface FineRaster {
  width: number;
  height: number;
  data: Uint8Array;
  /** Where the geometry's 0, 0 lies, in subsamples. */
  originX: number;
  originY: number;
}

/**
 * Draws the centre lines with a round pen. The raster is a whole number of pixels wide and high, the ink in its middle, so
 * that the shorter side is not favoured to one edge.
 *
 * @param penUnits diameter of the pen in pixels of the 28×28 image
 */
export function rasterise(geometry: StrokeGeometry, penUnits: number): FineRaster {
  const pen = Math.round(penUnits * SNAP);
  const columns = Math.ceil((geometry.width + pen) / SNAP);
  const rows = Math.ceil((geometry.height + pen) / SNAP);
  const width = columns * SUPERSAMPLE;
  const height = rows * SUPERSAMPLE;
  const toFine = SUPERSAMPLE / SNAP;
  const originX = ((columns * SNAP - geometry.width) / 2) * toFine;
  const originY = ((rows * SNAP - geometry.height) / 2) * toFine;
  const raster = { width, height, data: new Uint8Array(width * height), originX, originY };
  const radius = (pen / 2) * toFine;
  for (const path of geometry.paths) {
    const firstX = (path[0] ?? 0) * toFine + originX;
    const firstY = (path[1] ?? 0) * toFine + originY;
    let x = firstX;
    let y = firstY;
    if (path.length === 2) fillCapsule(raster, x, y, x, y, radius);
    for (let i = 2; i < path.length; i += 2) {
      const nextX = (path[i] ?? 0) * toFine + originX;
      const nextY = (path[i + 1] ?? 0) * toFine + originY;
      fillCapsule(raster, x, y, nextX, nextY, radius);
      x = nextX;
      y = nextY;
    }
  }
  return raster;
}

/** Marks every subsample whose centre is within `radius` of the segment. */
function fillCapsule(raster: FineRaster, ax: number, ay: number, bx: number, by: number, radius: number): void {
  const { data, width, height } = raster;
  const dx = bx - ax;
  const dy = by - ay;
  const lengthSquared = dx * dx + dy * dy;
  const limit = radius * radius;
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - radius));
  const right = Math.min(width - 1, Math.ceil(Math.max(ax, bx) + radius));
  const top = Math.max(0, Math.floor(Math.min(ay, by) - radius));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(ay, by) + radius));
  for (let row = top; row <= bottom; row++) {
    const py = row + 0.5 - ay;
    for (let column = left; column <= right; column++) {
      const at = row * width + column;
      if (data[at]) continue;
      const px = column + 0.5 - ax;
      const along = px * dx + py * dy;
      let ex = px;
      let ey = py;
      if (along > 0 && lengthSquared > 0) {
        const u = along >= lengthSquared ? 1 : along / lengthSquared;
        ex -= u * dx;
        ey -= u * dy;
      }
      if (ex * ex + ey * ey <= limit) data[at] = 1;
    }
  }
}

/** Exact box filter: the share of inked subsamples of each pixel, 0..255. */
export function averageDown(raster: FineRaster): { width: number; height: number; data: Float32Array } {
  const width = raster.width / SUPERSAMPLE;
  const height = raster.height / SUPERSAMPLE;
  const data = new Float32Array(width * height);
  let at = 0;
  for (let row = 0; row < raster.height; row++) {
    const base = Math.floor(row / SUPERSAMPLE) * width;
    for (let column = 0; column < raster.width; column++) {
      if (raster.data[at++]) data[base + (column >> 3)] = (data[base + (column >> 3)] ?? 0) + 1;
    }
  }
  const scale = 255 / (SUPERSAMPLE * SUPERSAMPLE);
  for (let i = 0; i < data.length; i++) data[i] = Math.round((data[i] ?? 0) * scale);
  return { width, height, data };
}
