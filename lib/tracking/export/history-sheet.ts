import type { Ctx } from "#lib/platform/ctx.ts";
import { eachRun } from "#lib/tracking/export/each-run.ts";
import type { Cell, Sheet } from "#lib/tracking/export/sheet.ts";
import { type StoredPoint, selectPointsAfter } from "#lib/tracking/export/store/export.ts";
import type { RunFilter } from "#lib/tracking/store/list-runs.ts";

const RUNS_AT_ONCE = 500;
const POINTS_AT_ONCE = 20_000;

/** One row a point of a metric, of all runs that the filter lets through. `timestamp` is Unix milliseconds. */
export function historySheet(ctx: Ctx, filter: RunFilter): Sheet {
  return {
    columns: [
      { name: "run_id", type: "text" },
      { name: "key", type: "text" },
      { name: "step", type: "integer" },
      { name: "timestamp", type: "integer" },
      { name: "value", type: "float" },
    ],
    pieces: pieces(ctx, filter),
  };
}

async function* pieces(ctx: Ctx, filter: RunFilter): AsyncGenerator<Cell[][]> {
  for await (const runs of eachRun(ctx, filter, RUNS_AT_ONCE)) {
    for (const run of runs) {
      let after: StoredPoint | null = null;
      do {
        const points: StoredPoint[] = await selectPointsAfter(ctx, run.no, after, POINTS_AT_ONCE);
        if (points.length > 0) {
          yield points.map(({ key, step, at, value }) => [run.id, key, BigInt(step), BigInt(at), Number(value)]);
        }
        after = points.length < POINTS_AT_ONCE ? null : (points.at(-1) ?? null);
      } while (after !== null);
    }
  }
}
