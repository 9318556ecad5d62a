import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { tendPredictionLog } from "#lib/serving/predictions/tend-log.ts";
import { addDays, insertPredictions, type PredictionRow } from "#lib/serving/store/predictions.ts";
import { pgTest } from "#lib/testing/pg.ts";

const DAY_MS = 86_400_000;
/** Postgres' lock_not_available. */
const LOCK_TIMEOUT = "55P03";
const NOW = Date.parse("2031-05-20T12:00:00Z");
const dayOf = (daysAgo: number) => new Date(NOW - daysAgo * DAY_MS);
const at = (ctx: Ctx, now: Date): Ctx => ({ ...ctx, clock: { now: () => now } });

function row(ctx: Ctx, when: Date, more: Partial<PredictionRow> = {}): PredictionRow {
  return {
    id: newId("pr"),
    projectId: ctx.projectId,
    requestId: newId("req"),
    item: 0,
    deployment: "digits",
    modelName: "digits",
    modelVersion: 1,
    armAssigned: null,
    armServed: null,
    generation: null,
    actor: "anonymous",
    at: when.toISOString(),
    prediction: 3,
    confidence: 0.5,
    probabilities: new Array<number>(10).fill(0.1),
    latencyMs: 1,
    inputDigest: null,
    input: null,
    ...more,
  };
}

async function placesOf(ctx: Ctx): Promise<string[]> {
  const { rows } = await ctx.pool.query<{ place: string }>(
    "SELECT tableoid::regclass::text AS place FROM prediction WHERE project_id = $1 ORDER BY at",
    [ctx.projectId],
  );
  return rows.map(({ place }) => place);
}

pgTest("the application's role makes days ahead, and moves what came before its day was there", async ({ ctx }) => {
  const rows = [row(ctx, dayOf(2)), row(ctx, new Date("2031-05-20T00:00:00.000Z")), row(ctx, dayOf(-1))];
  await insertPredictions(ctx.pool, rows);
  expect(await placesOf(ctx)).toEqual(["prediction_default", "prediction_default", "prediction_default"]);
  // 20 to 23 May, and the 18th, which lies in no day.
  expect(await addDays(ctx.pool, dayOf(0), 3)).toBe(5);
  expect(await placesOf(ctx)).toEqual(["prediction_20310518", "prediction_20310520", "prediction_20310521"]);
  expect(await addDays(ctx.pool, dayOf(0), 3)).toBe(0);
  await insertPredictions(ctx.pool, [...rows, row(ctx, new Date("2031-05-20T23:59:59.999Z"))]);
  expect(await placesOf(ctx)).toEqual([
    "prediction_20310518",
    "prediction_20310520",
    "prediction_20310520",
    "prediction_20310521",
  ]);
});

pgTest("days and labels go when they were kept long enough, the day of the limit not yet", async ({ ctx, db }) => {
  const [old, kept] = [row(ctx, dayOf(31)), row(ctx, dayOf(30))];
  const label = (of: PredictionRow, predictedAt: Date) => ({
    ...{ predictionId: of.id, projectId: ctx.projectId, requestId: of.requestId, item: 0, deployment: "digits" },
    ...{ modelName: "digits", modelVersion: 1, predictedAt, prediction: 3, confidence: 0.5, label: 3 },
    ...{ labelledBy: "anonymous", labelledAt: predictedAt },
  });
  await insertPredictions(ctx.pool, [old, kept]);
  await db.predictionLabel.createMany({ data: [label(old, dayOf(401)), label(kept, dayOf(30))] });
  const keep = { predictionDays: 30, labelDays: 400 };
  const done = await tendPredictionLog(at(ctx, dayOf(0)), keep);
  expect(done).toMatchObject({ labels: 1, more: false });
  expect(done.dropped).toBeGreaterThanOrEqual(1);
  expect(await placesOf(ctx)).toEqual(["prediction_20310420"]);
  const labels = await db.predictionLabel.findMany({ where: { projectId: ctx.projectId } });
  expect(labels.map(({ predictionId }) => predictionId)).toEqual([kept.id]);
  expect(await tendPredictionLog(at(ctx, dayOf(0)), keep)).toMatchObject({ made: 0, dropped: 0, labels: 0 });
});

pgTest("processes that make the same days at once make them once", async ({ ctx }) => {
  const from = new Date("2032-01-01T00:00:00Z");
  // As the keeper: who waited too long for the others tries again.
  const patiently = (): Promise<number> =>
    addDays(ctx.pool, from, 3).catch((error: { code?: string }) => {
      if (error.code !== LOCK_TIMEOUT) throw error;
      return patiently();
    });
  const made = await Promise.all([patiently(), patiently(), patiently()]);
  expect(made.reduce((sum, one) => sum + one, 0)).toBe(4);
});

pgTest("the application's role drops nothing else and makes no year at once", async ({ ctx }) => {
  await expect(ctx.pool.query("DROP TABLE prediction_default")).rejects.toThrow("must be owner");
  await expect(addDays(ctx.pool, dayOf(0), 365)).rejects.toThrow("not more than 32 days");
});
