import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError, NotFoundError } from "#lib/platform/errors.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { exportRuns } from "#lib/tracking/export/export-runs.ts";
import { ExportQuery } from "#lib/tracking/export/schemas.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";

async function bytesOf(ctx: Ctx, query: object, experimentId?: string): Promise<Buffer> {
  const { pieces } = await exportRuns(ctx, { ...ExportQuery.parse(query), experimentId });
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}

const csv = async (ctx: Ctx, query: object, experimentId?: string) =>
  (await bytesOf(ctx, query, experimentId)).toString().split("\r\n");

async function parquet(ctx: Ctx, query: object, experimentId?: string) {
  const bytes = await bytesOf(ctx, { ...query, format: "parquet" }, experimentId);
  const file = new Uint8Array(bytes).buffer;
  const columns = parquetSchema(parquetMetadata(file)).children.map(({ element }) => element.name);
  return { columns, rows: await parquetReadObjects({ file }) };
}

const startedAt = new Date("2026-01-02T03:04:05.678Z");

/** Two runs that share a param; the second has values that files stumble over. */
async function twoRuns(ctx: Ctx) {
  const experiment = await ensureExperiment(ctx, { name: "export" });
  const base = { experimentId: experiment.id, startedAt };
  const plain = await createRun(ctx, { ...base, name: "plain", params: { lr: "-0.5" }, tags: { note: "a" } });
  const odd = await createRun(ctx, {
    ...base,
    name: '=HYPERLINK("http://x")',
    userId: "ada",
    params: { lr: "1", "weird key.x": 'a,"b"\nc' },
    tags: { note: "@SUM(A1)", tab: "\t=1" },
  });
  await setRunStatus(ctx, { runId: odd.id, to: "FINISHED" });
  const at = 1_700_000_000_000;
  await logMetrics(ctx, {
    runId: odd.id,
    points: [
      { key: "loss", step: 1, at, value: 0.1 },
      { key: "loss", step: 2, at: at + 1, value: Number.NaN },
      { key: "up", step: -3, at, value: Number.POSITIVE_INFINITY },
      { key: "down", step: 0, at, value: Number.NEGATIVE_INFINITY },
    ],
  });
  return { experiment, plain, odd };
}

pgTest("runs as CSV: a column each, formulas made harmless, numbers left alone", async ({ ctx }) => {
  const { experiment, plain, odd } = await twoRuns(ctx);
  const lines = await csv(ctx, {}, experiment.id);
  expect(lines[0]).toBe(
    "run_id,run_name,experiment_id,experiment_name,status,user,created_by,created_at,start_time,end_time,params.lr,params.weird key.x,metrics.down,metrics.loss,metrics.up,tags.note,tags.tab",
  );
  const [id, name, , , status, user] = (lines[1] ?? "").split(",");
  expect([id, name, status, user]).toEqual([odd.id, `"'=HYPERLINK(""http://x"")"`, "FINISHED", "ada"]);
  expect(lines[1]).toContain(",2026-01-02T03:04:05.678Z,");
  expect(lines[1]).toMatch(/,1,"a,""b""\nc",-Infinity,NaN,Infinity,"'@SUM\(A1\)","'\t=1"$/);
  expect(lines[2]).toMatch(new RegExp(`^${plain.id},plain,.*,-0.5,,,,,a,$`));
  expect(lines.slice(3)).toEqual([""]);
  const filtered = await csv(ctx, { filter: "params.lr = '-0.5'" }, experiment.id);
  expect(filtered.slice(1).map((line) => line.split(",")[0])).toEqual([plain.id, ""]);
});

pgTest("runs as Parquet: typed, as they are, nothing where a run has none", async ({ ctx }) => {
  const { experiment, plain, odd } = await twoRuns(ctx);
  const { rows, columns } = await parquet(ctx, {}, experiment.id);
  expect(columns.slice(-7)).toEqual([
    ...["params.lr", "params.weird key.x", "metrics.down", "metrics.loss", "metrics.up", "tags.note", "tags.tab"],
  ]);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    run_id: odd.id,
    run_name: '=HYPERLINK("http://x")',
    status: "FINISHED",
    user: "ada",
    start_time: startedAt,
    "params.weird key.x": 'a,"b"\nc',
    "metrics.loss": Number.NaN,
    "metrics.up": Number.POSITIVE_INFINITY,
    "metrics.down": Number.NEGATIVE_INFINITY,
    "tags.note": "@SUM(A1)",
  });
  expect(rows[1]).toMatchObject({ run_id: plain.id, user: null, end_time: null, "metrics.loss": null });
});

pgTest("histories: every point, more than one read gets, exact to the last digit", async ({ ctx }) => {
  const { experiment, odd, plain } = await twoRuns(ctx);
  // Three reads of 20,000.
  const many = Array.from({ length: 45_000 }, (_, step) => ({ key: "long", step, at: 5, value: step / 3 }));
  for (let start = 0; start < many.length; start += 1_000) {
    await logMetrics(ctx, { runId: plain.id, points: many.slice(start, start + 1_000) });
  }
  const query = { what: "history" };
  const { rows } = await parquet(ctx, query, experiment.id);
  const ofPlain = rows.filter(({ run_id }) => run_id === plain.id);
  expect(ofPlain.map(({ step, value }) => [Number(step), value])).toEqual(many.map(({ step, value }) => [step, value]));
  const ofOdd = rows.filter(({ run_id }) => run_id === odd.id).map((row) => [row["key"], row["step"], row["value"]]);
  expect(ofOdd).toHaveLength(4);
  expect(ofOdd).toEqual(
    expect.arrayContaining([
      ["loss", 1n, 0.1],
      ["loss", 2n, Number.NaN],
      ["up", -3n, Number.POSITIVE_INFINITY],
      ["down", 0n, Number.NEGATIVE_INFINITY],
    ]),
  );
  const lines = await csv(ctx, query, experiment.id);
  expect(lines[0]).toBe("run_id,key,step,timestamp,value");
  expect(lines).toHaveLength(45_000 + 4 + 2);
  expect(lines).toContain(`${odd.id},up,-3,1700000000000,Infinity`);
});

pgTest(
  "a table of 12,000 metrics and of more runs than one piece holds is whole",
  async ({ ctx }) => {
    const experiment = await ensureExperiment(ctx, { name: "wide" });
    const ids: string[] = [];
    for (let no = 0; no < 9; no++) {
      const { id } = await createRun(ctx, { name: `run ${no}`, experimentId: experiment.id });
      ids.unshift(id);
      // The newest has all of them, the others a twelfth or none.
      for (let part = no === 8 ? 0 : 11; no % 4 === 0 && part < 12; part++) {
        const points = Array.from({ length: 1_000 }, (_, i) => part * 1_000 + i).map((i) => ({
          ...{ key: `m${String(i).padStart(5, "0")}`, step: 0, at: 1, value: i + no },
        }));
        await logMetrics(ctx, { runId: id, points });
      }
    }
    const lines = await csv(ctx, {}, experiment.id);
    expect(lines[0]?.split(",")).toHaveLength(12_010);
    expect(lines.slice(1, -1).map((line) => line.split(",")[0])).toEqual(ids);
    expect(lines[1]?.endsWith(",12007")).toBe(true);
    expect(lines[2]?.endsWith(",,,")).toBe(true);
    const { rows, columns } = await parquet(ctx, {}, experiment.id);
    expect(columns).toHaveLength(12_010);
    expect(rows.map((row) => row["run_id"])).toEqual(ids);
    expect(rows.map((row) => row["metrics.m11999"])).toEqual([
      12_007,
      null,
      null,
      null,
      12_003,
      null,
      null,
      null,
      11_999,
    ]);
    // Twelve thousand columns take a minute where much else runs.
  },
  300_000,
);

pgTest("only what the filter lets through; nothing at all is a file too", async ({ ctx }) => {
  const { experiment, plain, odd } = await twoRuns(ctx);
  const other = await ensureExperiment(ctx, { name: "other" });
  const elsewhere = await createRun(ctx, { name: "elsewhere", experimentId: other.id });
  const ids = async (query: object, of?: string) => (await parquet(ctx, query, of)).rows.map((row) => row["run_id"]);
  expect(await ids({ status: "FINISHED" }, experiment.id)).toEqual([odd.id]);
  expect(await ids({ q: "plain" })).toEqual([plain.id]);
  expect(await ids({})).toEqual([elsewhere.id, odd.id, plain.id]);
  await deleteRun(ctx, { id: odd.id });
  expect(await ids({}, experiment.id)).toEqual([plain.id]);
  expect(await ids({ lifecycle: "deleted" }, experiment.id)).toEqual([odd.id]);
  expect(await ids({ q: "nothing has this" })).toEqual([]);
  expect(await csv(ctx, { q: "nothing has this", what: "history" })).toEqual(["run_id,key,step,timestamp,value", ""]);
});

pgTest("needs the scope, and an experiment of the project", async ({ ctx }) => {
  const { experiment } = await twoRuns(ctx);
  const query = ExportQuery.parse({});
  const stranger = { ...ctx, projectId: "elsewhere" };
  await expect(exportRuns(stranger, { ...query, experimentId: experiment.id })).rejects.toThrow(NotFoundError);
  const actor = { type: "worker", id: "w", scopes: [] } as const;
  await expect(exportRuns({ ...ctx, actor }, query)).rejects.toThrow(ForbiddenError);
});
