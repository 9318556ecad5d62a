/** The pen that arrow keys move, in CSS pixels of a square pad. */
export interface KeyboardPen {
  x: number;
  y: number;
  down: boolean;
}

const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function isArrow(key: string): boolean {
  return key in DIRECTIONS;
}

/**
 * Where the pen is after one step in the direction of all held arrows (two make a diagonal): a 32nd of the side, an
 * 80th with Shift. It stays within the pad.
 */
export function stepPen(pen: KeyboardPen, held: Iterable<string>, side: number, fine: boolean): KeyboardPen {
  let dx = 0;
  let dy = 0;
  for (const key of held) {
    const [x, y] = DIRECTIONS[key] ?? [0, 0];
    dx += x;
    dy += y;
  }
  const step = side / (fine ? 80 : 32);
  const within = (value: number) => Math.min(side, Math.max(0, value));
  return { ...pen, x: within(pen.x + dx * step), y: within(pen.y + dy * step) };
}
