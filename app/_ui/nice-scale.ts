/**
 * Round ends and steps for an axis over `low`..`high`: steps of 1, 2 or 5 times a power of ten of `unit`, at most five of
 * them. `most` is the highest value there can be (1 for a share). Values that are all the same stand between 0 and twice.
 */
export function niceScale(
  low: number,
  high: number,
  { unit = 1, most = Number.POSITIVE_INFINITY }: { unit?: number | undefined; most?: number | undefined } = {},
): { domain: [number, number]; ticks: number[] } {
  const [from, to] = low === high ? [Math.min(0, 2 * low), Math.max(0, 2 * high) || 1] : [low, high];
  const step = roundUp((Math.min(to, most) - from) / unit / 4) * unit;
  const first = Math.floor(from / step);
  const last = Math.ceil(Math.min(to, most) / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
  const kept = ticks.filter((tick) => tick <= most);
  return { domain: [kept[0] ?? from, kept.at(-1) ?? to], ticks: kept };
}

function roundUp(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return ([1, 2, 5].find((factor) => factor * power >= size * (1 - 1e-9)) ?? 10) * power;
}
