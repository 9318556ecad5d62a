import type { Ctx } from "#lib/platform/ctx.ts";
import { eachRun } from "#lib/tracking/export/each-run.ts";
import type { Cell, Column, Sheet } from "#lib/tracking/export/sheet.ts";
import { selectKeys } from "#lib/tracking/export/store/export.ts";
import { selectEntries } from "#lib/tracking/store/entries.ts";
import type { RunFilter } from "#lib/tracking/store/list-runs.ts";
import { selectLatest } from "#lib/tracking/store/metrics.ts";
import type { RunRow } from "#lib/tracking/store/runs.ts";

const HEAD: { column: Column; of(run: RunRow): Cell }[] = [
  { column: { name: "run_id", type: "text" }, of: (run) => run.id },
  { column: { name: "run_name", type: "text" }, of: (run) => run.name },
  { column: { name: "experiment_id", type: "text" }, of: (run) => run.experimentId },
  { column: { name: "experiment_name", type: "text" }, of: (run) => run.experimentName },
  { column: { name: "status", type: "text" }, of: (run) => run.status },
  { column: { name: "user", type: "text" }, of: (run) => run.userId },
  { column: { name: "created_by", type: "text" }, of: (run) => run.createdBy },
  { column: { name: "created_at", type: "time" }, of: (run) => run.createdAt },
  { column: { name: "start_time", type: "time" }, of: (run) => run.startedAt },
  { column: { name: "end_time", type: "time" }, of: (run) => run.endedAt },
];

/** Cells in memory at once: a wide table comes in shorter pieces. */
const CELLS_AT_ONCE = 50_000;

/** One row a run; every param, metric (its newest value) and tag that any of them has is a column, such as `metrics.loss`. */
export async function runsSheet(ctx: Ctx, filter: RunFilter): Promise<Sheet> {
  const keys = await selectKeys(ctx, filter);
  const columns: Column[] = [
    ...HEAD.map(({ column }) => column),
    ...keys.params.map((key) => ({ name: `params.${key}`, type: "text" as const })),
    ...keys.metrics.map((key) => ({ name: `metrics.${key}`, type: "float" as const })),
    ...keys.tags.map((key) => ({ name: `tags.${key}`, type: "text" as const })),
  ];
  const atOnce = Math.min(1_000, Math.max(1, Math.floor(CELLS_AT_ONCE / columns.length)));
  return { columns, pieces: pieces(ctx, filter, keys, atOnce) };
}

async function* pieces(
  ctx: Ctx,
  filter: RunFilter,
  keys: Awaited<ReturnType<typeof selectKeys>>,
  atOnce: number,
): AsyncGenerator<Cell[][]> {
  for await (const runs of eachRun(ctx, filter, atOnce)) {
    const ids = runs.map(({ id }) => id);
    const [params, tags, latest] = await Promise.all([
      selectEntries(ctx, "run_param", ids, null),
      selectEntries(ctx, "run_tag", ids, null),
      selectLatest(
        ctx,
        runs.map(({ no }) => no),
        null,
      ),
    ]);
    yield runs.map((run) => {
      const values = new Map((latest.get(run.no) ?? []).map(({ key, value }) => [key, value]));
      return [
        ...HEAD.map(({ of }) => of(run)),
        ...cells(params.get(run.id), keys.params),
        ...keys.metrics.map((key) => values.get(key) ?? null),
        ...cells(tags.get(run.id), keys.tags),
      ];
    });
  }
}

function cells(entries: Record<string, string> = {}, keys: string[]): Cell[] {
  return keys.map((key) => (Object.hasOwn(entries, key) ? (entries[key] ?? null) : null));
}
