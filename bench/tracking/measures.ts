import { burst, median, spread, timed } from "./timing.ts";
import { createExperiment, createRun, get, post, send, type Target } from "./wire.ts";

export interface Sizes {
  /** Runs of 20 metrics and 10 params. */
  runs: number;
  /** Points of the history that is read whole. */
  history: number;
  /** Points of the history that is read thinned to 1,000. */
  long: number;
  artifactMb: number;
  /** Of a burst. */
  seconds: number;
}

/** What is made once on a target for all rounds. */
export interface Ground {
  target: Target;
  experimentId: string;
  /** The experiment with `sizes.runs` runs. */
  searched: string;
  runId: string;
  historyRun: string;
  longRun: string;
  /** Runs per second while the ground was made, 8 at a time. */
  runsPerSecond: number;
  step: number;
}

/** Name → value of one round. Rates end in "/s": more is better. Of all else less is better. */
export type Round = Record<string, number>;

export async function prepare(target: Target, sizes: Sizes): Promise<Ground> {
  const experimentId = await createExperiment(target, "bench");
  const searched = await createExperiment(target, "bench-searched");
  const started = performance.now();
  await spread(sizes.runs, 8, async (index) => {
    const runId = await createRun(target, searched);
    const metrics = Array.from({ length: 20 }, (_, at) => ({
      ...{ key: `metric_${at}`, value: ((index * 7_919 + at * 104_729) % 10_007) / 10_007 },
      ...{ step: 1, timestamp: 1_700_000_000_000 + index },
    }));
    const params = Array.from({ length: 10 }, (_, at) => ({ key: `param_${at}`, value: `value ${index % (at + 2)}` }));
    const tags = [{ key: "group", value: `group ${index % 20}` }];
    await post(target, "runs/log-batch", { run_id: runId, metrics, params, tags });
  });
  const runsPerSecond = sizes.runs / ((performance.now() - started) / 1_000);
  const runId = await createRun(target, experimentId);
  const historyRun = await createRun(target, experimentId);
  const longRun = await createRun(target, experimentId);
  for (const [run, count] of [
    [historyRun, sizes.history],
    [longRun, sizes.long],
  ] as const) {
    for (let from = 0; from < count; from += 1_000) {
      await post(target, "runs/log-batch", {
        run_id: run,
        metrics: points("loss", from, Math.min(1_000, count - from)),
      });
    }
  }
  return { target, experimentId, searched, runId, historyRun, longRun, runsPerSecond, step: 0 };
}

function points(key: string, from: number, count: number) {
  return Array.from({ length: count }, (_, at) => ({
    ...{ key, value: Math.sin(from + at), step: from + at, timestamp: 1_700_000_000_000 + from + at },
  }));
}

export async function writes(ground: Ground, sizes: Sizes): Promise<Round> {
  const { target, runId } = ground;
  const logOne = (key: string) => {
    const step = ground.step++;
    return post(target, "runs/log-metric", { run_id: runId, key, value: step / 3, step, timestamp: Date.now() });
  };
  const single = await timed(50, () => logOne("one"));
  const sixteen = await burst(16, sizes.seconds, (caller) => logOne(`key_${caller}`));
  const crowd = await burst(64, sizes.seconds, () => logOne("same"));
  const batch = await timed(10, () => {
    const from = ground.step;
    ground.step += 1_000;
    return post(target, "runs/log-batch", { run_id: runId, metrics: points("batch", from, 1_000) });
  });
  for (const error of [...sixteen.errors, ...crowd.errors].slice(0, 3)) console.error(error);
  return {
    "log_metric, ms p50": median(single),
    "log_metric, 16 clients, /s": sixteen.perSecond,
    "log_metric, 16 clients, ms p99": sixteen.p99Ms,
    "log_metric, 64 clients on one key, /s": crowd.perSecond,
    "log_metric, 64 clients, errors": crowd.errors.length + sixteen.errors.length,
    "log_batch of 1,000, ms p50": median(batch),
    "log_batch of 1,000, metrics/s": 1_000_000 / median(batch),
  };
}

const SEARCHES: Record<string, object> = {
  "search 100 by a metric, ms": { max_results: 100, order_by: ["metrics.metric_3 DESC"] },
  "search 100, metric filter, ms": { max_results: 100, filter: "metrics.metric_5 > 0.9" },
  "search 100, param filter, ms": { max_results: 100, filter: "params.param_8 = 'value 7'" },
  "search 100, tag filter, ms": { max_results: 100, filter: "tags.group = 'group 7'" },
  "search page of 1,000, ms": { max_results: 1_000 },
};

export async function reads(ground: Ground, sizes: Sizes): Promise<Round> {
  const { target, searched, historyRun, longRun } = ground;
  const round: Round = {};
  for (const [name, body] of Object.entries(SEARCHES)) {
    const times = await timed(5, () => post(target, "runs/search", { experiment_ids: [searched], ...body }));
    round[name] = median(times);
  }
  const history = { run_id: historyRun, metric_key: "loss", max_results: 25_000 };
  const whole = await timed(3, () => get(target, "/api/2.0/mlflow/metrics/get-history", history));
  round[`history of ${sizes.history.toLocaleString("en")} points, ms`] = median(whole);
  const thinned = { run_ids: longRun, metric_key: "loss", max_results: 1_000 };
  const path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval";
  const thin = await timed(3, () => get(target, path, thinned));
  round[`${sizes.long.toLocaleString("en")} points thinned to 1,000, ms`] = median(thin);
  return round;
}

export async function artifacts(ground: Ground, sizes: Sizes): Promise<Round> {
  const { target, experimentId, runId } = ground;
  const size = sizes.artifactMb * 2 ** 20;
  const path = `/api/2.0/mlflow-artifacts/artifacts/${experimentId}/${runId}/artifacts/file-${ground.step++}.bin`;
  const up = await timed(1, () => send(target, { method: "PUT", path, body: megabytes(sizes.artifactMb), size }));
  let got = 0;
  const onData = (chunk: Buffer) => {
    got += chunk.length;
  };
  const down = await timed(1, () => send(target, { method: "GET", path, onData }));
  if (got !== size) throw new Error(`${target.name} sent ${got} bytes of ${size}`);
  return { "artifact up, MB/s": perSecond(sizes, up), "artifact down, MB/s": perSecond(sizes, down) };
}

const perSecond = (sizes: Sizes, times: number[]) => (sizes.artifactMb * 1_000) / median(times);

/** No two runs send the same bytes: a store that knows content again would write nothing. */
export async function* megabytes(count: number): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(2 ** 20);
  const seed = Math.floor(Math.random() * 2 ** 32);
  for (let at = 0; at < count; at++) {
    block.writeUInt32LE(seed, 0);
    block.writeUInt32LE(at, 4);
    yield Buffer.from(block);
  }
}
