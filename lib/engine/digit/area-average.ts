/**
 * Exact box filter: resizes a grey image of `width`×`height` to `columns`×`rows`, each output pixel being the mean of the area
 * it covers, parts of pixels included. Values keep their range.
 */
export function areaAverage(
  data: Uint8Array | Float32Array,
  width: number,
  height: number,
  columns: number,
  rows: number,
): Float32Array {
  const across = new Float32Array(columns * height);
  const stepX = width / columns;
  for (let column = 0; column < columns; column++) {
    const from = column * stepX;
    const to = Math.min(width, from + stepX);
    const first = Math.floor(from);
    const last = Math.min(width - 1, Math.ceil(to) - 1);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let x = first; x <= last; x++) {
        const share = Math.min(x + 1, to) - Math.max(x, from);
        sum += share * (data[y * width + x] ?? 0);
      }
      across[y * columns + column] = sum / stepX;
    }
  }
  const out = new Float32Array(columns * rows);
  const stepY = height / rows;
  for (let row = 0; row < rows; row++) {
    const from = row * stepY;
    const to = Math.min(height, from + stepY);
    const first = Math.floor(from);
    const last = Math.min(height - 1, Math.ceil(to) - 1);
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let y = first; y <= last; y++) {
        const share = Math.min(y + 1, to) - Math.max(y, from);
        sum += share * (across[y * columns + column] ?? 0);
      }
      out[row * columns + column] = sum / stepY;
    }
  }
  return out;
}
