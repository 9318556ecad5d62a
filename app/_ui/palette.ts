const COLOURS = Array.from({ length: 10 }, (_, index) => `var(--chart-${index + 1})`);

/** The colour at a place of the ten, for fixed series such as "training" and "validation". */
export function chartColour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? "currentColor";
}

/** The colour of a run, the same on every page: its id (hex digits) decides, nothing else. */
export function runColour(id: string): string {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return chartColour(hash);
}
