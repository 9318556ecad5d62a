import { expect } from "vitest";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { createRegistry } from "#lib/platform/metrics.ts";
import { createNotifyHub } from "#lib/platform/notify.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { batchPredict } from "#lib/serving/batch-predict.ts";
import { setTraffic } from "#lib/serving/deployments/set-traffic.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { predict } from "#lib/serving/predict.ts";
import { selectRoutes } from "#lib/serving/store/routes.ts";
import { createLiveDeployment, type LiveDeployment } from "#lib/serving/traffic/live-deployment.ts";
import { createTrafficRouter, type TrafficRouter, trafficRouter } from "#lib/serving/traffic/router.ts";
import type { Traffic } from "#lib/serving/traffic/schemas.ts";
import { shadowTally } from "#lib/serving/traffic/shadow-tally.ts";
import { addVersion, digitOnnx, putIntoProduction } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const { images } = renderSynthetic({ seed: 1, count: 20 });
const pixels = [...images.slice(0, 784)];
const as = (unit: string) => ({ headers: new Headers({ "X-Assay-Unit": unit }) });
const UNITS = Array.from({ length: 60 }, (_, index) => `user-${index}`);

/** `digits` with version 1 in Production, 2 and 3 beside it. */
async function setUp(ctx: Ctx): Promise<void> {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  await addVersion(ctx, 2, digitOnnx(2));
  await addVersion(ctx, 3, digitOnnx(3));
}

/** Sets the table and waits until this process has it. */
async function route(ctx: Ctx, traffic: Traffic): Promise<number> {
  const { generation } = await setTraffic(ctx, { name: "digits", traffic });
  await trafficRouter().refresh();
  return generation;
}

/** Another process's runtime on the same database: nothing in memory is shared. */
function anotherProcess(runtime: Runtime): Runtime & { close(): Promise<void> } {
  const singletons = new Map<string, unknown>();
  const closers: (() => Promise<void> | void)[] = [];
  const notify = createNotifyHub(runtime.env.DATABASE_URL, runtime.logger);
  return {
    ...runtime,
    ...{ notify, metrics: createRegistry() },
    onClose: (close) => void closers.push(close),
    singleton<T>(name: string, make: () => T): T {
      if (!singletons.has(name)) singletons.set(name, make());
      return singletons.get(name) as T;
    },
    async close() {
      for (const close of closers.reverse()) await close();
      await notify.close();
    },
  };
}

async function liveOf(router: TrafficRouter, ctx: Ctx): Promise<LiveDeployment> {
  const live = await router.find(ctx.projectId, "digits");
  if (live === null) throw new Error("there is no deployment");
  return live;
}

const ask = (router: TrafficRouter, live: LiveDeployment, ctx: Ctx, unit = "anybody") =>
  live.use({ ...ctx, ...as(unit) }, router.refresh, async (turn) => {
    const { value, model, arm } = await turn.answer((version) => version.batcher.predict(Uint8Array.from(pixels)));
    return { probabilities: [...value], version: model.version, arm, generation: turn.generation };
  });

pgTest("a challenger gets its share of the callers, and each of them keeps to it", async ({ ctx }) => {
  await setUp(ctx);
  const generation = await route(ctx, {
    champion: "Production",
    challengers: [{ version: 2, weight: 0.3 }],
    shadows: [],
  });
  const versionsOf = async () => {
    const replies = await Promise.all(UNITS.map((unit) => predict(ctx, { pixels }, as(unit))));
    for (const { deployment, model } of replies) {
      expect(deployment).toMatchObject({ name: "digits", generation, stickyBy: "header" });
      expect(deployment.arm).toBe(model.version === 2 ? "challenger" : "champion");
      expect(deployment.assigned).toBe(deployment.arm);
    }
    return replies.map(({ model }) => model.version);
  };
  const first = await versionsOf();
  expect(await versionsOf()).toEqual(first);
  expect(new Set(first)).toEqual(new Set([1, 2]));
  // A ramp only adds callers: who had the challenger keeps it.
  await setTraffic(ctx, {
    name: "digits",
    traffic: { champion: "Production", challengers: [{ version: 2, weight: 0.6 }] },
  });
  await trafficRouter().refresh();
  const more = await Promise.all(UNITS.map((unit) => predict(ctx, { pixels }, as(unit))));
  for (const [index, { model }] of more.entries()) {
    if (first[index] === 2) expect(model.version).toBe(2);
  }
  expect(more.filter(({ model }) => model.version === 2).length).toBeGreaterThan(
    first.filter((version) => version === 2).length,
  );
});

pgTest("callers are told apart by header, cookie, who they are, or not at all", async ({ ctx, make }) => {
  await setUp(ctx);
  await route(ctx, { champion: 1, challengers: [{ version: 2, weight: 0.5 }], shadows: [] });
  const by = async (who: Ctx, headers: Record<string, string> = {}) =>
    (await predict(who, { pixels }, { headers: new Headers(headers) })).deployment.stickyBy;
  const nobody: Ctx = { ...ctx, actor: { type: "anonymous", scopes: [] } };
  expect(await by(nobody, { "X-Assay-Unit": "a", Cookie: "assay_unit=b" })).toBe("header");
  expect(await by(nobody, { Cookie: "x=1; assay_unit=b" })).toBe("cookie");
  expect(await by(await make.apiKeyCtx({ scopes: ["serving:predict"] }))).toBe("caller");
  expect(await by(nobody)).toBe("request");
});

pgTest("one version answers all of a batch, and a pinned champion is left alone by Production", async ({ ctx }) => {
  await setUp(ctx);
  await route(ctx, { champion: 3, challengers: [{ version: 2, weight: 0.5 }], shadows: [] });
  for (const unit of UNITS.slice(0, 8)) {
    const single = await predict(ctx, { pixels }, as(unit));
    const batch = await batchPredict(ctx, { items: [{ pixels }, { pixels }] }, { deployment: "digits", ...as(unit) });
    expect(batch.model).toEqual(single.model);
    expect([2, 3]).toContain(batch.model.version);
    for (const item of batch.predictions) expect(item).toMatchObject({ probabilities: single.probabilities });
  }
});

pgTest(
  "a change reaches every process under load; nothing is dropped, and each answer is of its table",
  async ({ ctx, runtime }) => {
    await setUp(ctx);
    await addVersion(ctx, 4, digitOnnx(4));
    const other = anotherProcess(runtime);
    const routers = [trafficRouter(), createTrafficRouter(other)];
    const lives = await Promise.all(routers.map((router) => liveOf(router, ctx)));
    /** Which versions may answer under which generation. */
    const allowed = new Map<number, number[]>([[0, [1]]]);
    const answers = new Map<number, string>();
    const seen: Set<number>[] = [new Set(), new Set()];
    let stop = false;
    let answered = 0;
    const caller = async (process: number, name: string) => {
      const [router, live] = [routers[process], lives[process]];
      if (router === undefined || live === undefined) throw new Error("no such process");
      let last = 0;
      for (let index = 0; !stop; index += 1) {
        const reply = await ask(router, live, ctx, `${name}-${index % 7}`);
        answered += 1;
        // Never back to an older table, never a version that the table does not name, always that version's own answer.
        expect(reply.generation).toBeGreaterThanOrEqual(last);
        last = reply.generation;
        expect(allowed.get(reply.generation)).toContain(reply.version);
        const text = reply.probabilities.map((value) => value.toFixed(5)).join();
        expect(answers.get(reply.version) ?? text).toBe(text);
        answers.set(reply.version, text);
        seen[process]?.add(reply.generation);
      }
    };
    const callers = [0, 1].flatMap((process) => ["a", "b", "c"].map((name) => caller(process, `${name}${process}`)));
    const failed = Promise.race(callers.map((one) => one.then(() => undefined)));
    const tables: Traffic[] = [
      { champion: "Production", challengers: [{ version: 2, weight: 0.5 }], shadows: [] },
      { champion: 3, challengers: [{ version: 2, weight: 0.1 }], shadows: [{ version: 4, share: 1 }] },
      { champion: 4, challengers: [], shadows: [] },
      { champion: "Production", challengers: [], shadows: [] },
    ];
    const changes: number[] = [];
    try {
      for (const [index, traffic] of tables.entries()) {
        const named = [
          traffic.champion === "Production" ? 1 : traffic.champion,
          ...traffic.challengers.map((c) => c.version),
        ];
        allowed.set(index + 1, named);
        const before = performance.now();
        const { generation } = await setTraffic(ctx, { name: "digits", traffic });
        expect(generation).toBe(index + 1);
        const everywhere = () => seen.every((generations) => generations.has(generation));
        await Promise.race([failed, expect.poll(everywhere, { interval: 5 }).toBe(true)]);
        changes.push(performance.now() - before);
      }
    } finally {
      stop = true;
    }
    await Promise.all(callers);
    expect([...answers.keys()].sort()).toEqual([1, 2, 3, 4].filter((version) => answers.has(version)));
    expect(new Set(answers.values()).size).toBe(answers.size);
    console.info(
      `${answered} answers by two processes over ${tables.length} tables; a change was everywhere after at most ${Math.round(Math.max(...changes))} ms`,
    );
    await other.close();
  },
);

pgTest("a table of the past is refused, and said", async ({ ctx, runtime }) => {
  await setUp(ctx);
  const other = anotherProcess(runtime);
  const rowOf = async () => {
    const row = (await selectRoutes(runtime.pool)).find(({ deployment }) => deployment.projectId === ctx.projectId);
    if (row === undefined) throw new Error("there is no deployment");
    return row;
  };
  const old = await rowOf();
  await setTraffic(ctx, { name: "digits", traffic: { champion: 2 } });
  const live = createLiveDeployment(other, await rowOf(), { now: () => 0, leaseMs: 30_000 });
  const router = { find: async () => live, refresh: async () => live.offer(await rowOf(), 0) };
  expect(await ask(router, live, ctx)).toMatchObject({ version: 2, generation: 1 });
  await live.offer(old, 1);
  expect(await ask(router, live, ctx)).toMatchObject({ version: 2, generation: 1 });
  expect((await servingMetrics(other).staleTables.get()).values[0]?.value).toBe(1);
  live.close();
  await other.close();
});

pgTest("a process that cannot confirm its table for the lease gives challengers nothing", async ({ ctx, runtime }) => {
  await setUp(ctx);
  await setTraffic(ctx, {
    name: "digits",
    traffic: { champion: 1, challengers: [{ version: 2, weight: 1 }], shadows: [{ version: 3, share: 1 }] },
  });
  const other = anotherProcess(runtime);
  let now = 0;
  let row = (await selectRoutes(runtime.pool)).find(({ deployment }) => deployment.projectId === ctx.projectId);
  if (row === undefined) throw new Error("there is no deployment");
  const live = createLiveDeployment(other, row, { now: () => now, leaseMs: 30_000 });
  const router = { find: async () => live, refresh: async () => row && live.offer(row, now) };
  expect(await ask(router, live, ctx)).toMatchObject({ version: 2, arm: "challenger" });
  now = 30_000;
  expect(await ask(router, live, ctx)).toMatchObject({ version: 2 });
  now = 30_001;
  expect(await ask(router, live, ctx)).toMatchObject({ version: 1, arm: "champion" });
  expect((await servingMetrics(other).baselineOnly.get()).values[0]?.value).toBe(1);
  // The database is back.
  row = (await selectRoutes(runtime.pool)).find(({ deployment }) => deployment.projectId === ctx.projectId);
  await router.refresh();
  expect(await ask(router, live, ctx)).toMatchObject({ version: 2, arm: "challenger" });
  live.close();
  await other.close();
});

pgTest("the champion stands in for a challenger that cannot be loaded, and it is told", async ({ ctx }) => {
  await setUp(ctx);
  await addVersion(ctx, 9, Buffer.from("this is no model"));
  await route(ctx, { champion: "Production", challengers: [{ version: 9, weight: 1 }], shadows: [] });
  const reply = await predict(ctx, { pixels }, as("a"));
  expect(reply).toMatchObject({
    model: { version: 1 },
    deployment: { arm: "champion", assigned: "challenger" },
  });
});

pgTest("a champion that cannot be loaded does not take the place of one that answers", async ({ ctx }) => {
  await setUp(ctx);
  expect((await predict(ctx, { pixels })).model.version).toBe(1);
  await addVersion(ctx, 9, Buffer.from("this is no model"));
  await route(ctx, { champion: 9, challengers: [], shadows: [] });
  expect(await predict(ctx, { pixels })).toMatchObject({ model: { version: 1 }, deployment: { generation: 0 } });
  // Without one that answered before there is nothing to fall back on.
  await route(ctx, { champion: "Production", challengers: [], shadows: [] });
  expect((await predict(ctx, { pixels })).deployment.generation).toBe(2);
});

pgTest("shadows are asked behind the reply: compared and counted, never returned", async ({ ctx, db, runtime }) => {
  await setUp(ctx);
  // The same network as the champion agrees with it always.
  await addVersion(ctx, 4, digitOnnx(1));
  const generation = await route(ctx, {
    champion: "Production",
    challengers: [],
    shadows: [
      { version: 4, share: 1 },
      { version: 2, share: 0 },
    ],
  });
  const counted = async () => {
    await shadowTally(runtime).flush();
    return db.shadowCount.findMany({ where: { deployment: { projectId: ctx.projectId } } });
  };
  let asked = 0;
  const agreed = async () => {
    const start = (asked % 20) * 784;
    const reply = await predict({ ...ctx, requestId: newId("req") }, { pixels: [...images.slice(start, start + 784)] });
    expect(reply.model.version).toBe(1);
    asked += 1;
    return Number((await counted())[0]?.agreed ?? 0);
  };
  await expect.poll(agreed, { interval: 1 }).toBeGreaterThan(9);
  const rows = await counted();
  expect(rows).toHaveLength(1);
  // One that a busy machine sheds, or answers late, is told as that.
  expect(rows[0]).toMatchObject({ version: 4, generation, differed: 0n });
  const { agreed: same = 0n, failed = 0n, shed = 0n } = rows[0] ?? {};
  expect(Number(same + failed + shed)).toBeLessThanOrEqual(asked);
});

pgTest("a model that was never approved stops answering when a policy is saved", async ({ ctx, db }) => {
  await setUp(ctx);
  await route(ctx, { champion: 2, challengers: [{ version: 3, weight: 0.5 }], shadows: [] });
  const versions = async () =>
    new Set(await Promise.all(UNITS.map(async (unit) => (await predict(ctx, { pixels }, as(unit))).model.version)));
  expect(await versions()).toEqual(new Set([2, 3]));
  const { projectId } = ctx;
  await db.protectedTarget.create({
    data: { projectId, modelName: "digits", target: "stage:Production", policyId: "pol_1" },
  });
  await trafficRouter().refresh();
  expect(await versions()).toEqual(new Set([1]));
});
