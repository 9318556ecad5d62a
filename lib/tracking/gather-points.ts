import type { Ctx } from "#lib/platform/ctx.ts";
import { isClient } from "#lib/tracking/is-client.ts";
import { type StoredPoint, writePoints } from "#lib/tracking/store/write-points.ts";

/** Statements of one project that are under way at once in this process. */
const AT_ONCE = 2;
/** Points of one statement, unless a single call brings more. */
const TOGETHER = 5_000;

interface Waiting {
  ctx: Ctx;
  points: StoredPoint[];
  resolve: (taken: Set<string>) => void;
  reject: (error: unknown) => void;
}

interface Gate {
  waiting: Waiting[];
  underWay: number;
}

const gates = new WeakMap<object, Map<string, Gate>>();

/**
 * Writes points together with those of other callers of the project. Whoever comes when little is under way is written at
 * once; while statements are under way the others wait, and go together in the next: a commit costs the same for one point
 * and for many. Resolves when the points are committed, with the ids of the runs that took them.
 */
export function gatherPoints(ctx: Ctx, points: StoredPoint[]): Promise<Set<string>> {
  const byProject = gates.get(ctx.pool) ?? new Map<string, Gate>();
  gates.set(ctx.pool, byProject);
  // Clients apart from workers: what a statement may write to depends on it.
  const who = `${ctx.projectId} ${isClient(ctx)}`;
  const gate = byProject.get(who) ?? { waiting: [], underWay: 0 };
  byProject.set(who, gate);
  return new Promise((resolve, reject) => {
    gate.waiting.push({ ctx, points, resolve, reject });
    void pass(gate, () => byProject.delete(who));
  });
}

async function pass(gate: Gate, close: () => void): Promise<void> {
  if (gate.underWay >= AT_ONCE) {
    return;
  }
  gate.underWay++;
  for (let group = takeGroup(gate); group !== undefined; group = takeGroup(gate)) {
    await writeGroup(group.first, group.all);
  }
  gate.underWay--;
  if (gate.underWay === 0) close();
}

function takeGroup(gate: Gate): { first: Waiting; all: Waiting[] } | undefined {
  const [first] = gate.waiting;
  if (first === undefined) {
    return undefined;
  }
  let count = 1;
  let size = first.points.length;
  for (const { points } of gate.waiting.slice(1)) {
    size += points.length;
    if (size > TOGETHER) break;
    count++;
  }
  return { first, all: gate.waiting.splice(0, count) };
}

async function writeGroup(first: Waiting, all: Waiting[]): Promise<void> {
  try {
    const taken = await writePoints(
      first.ctx,
      all.flatMap(({ points }) => points),
    );
    for (const { resolve } of all) resolve(taken);
  } catch (error) {
    for (const { reject } of all) reject(error);
  }
}
