import { createHash } from "node:crypto";
import { burst, median, timed } from "../tracking/timing.ts";
import { createExperiment, createRun, get, post, type Target } from "../tracking/wire.ts";
import { METRICS, PARAMS } from "./sizes.ts";

/** Name → value. Rates end in "/s". */
export type Figures = Record<string, number>;

/** What a read is asked with. `turn` counts up, so that no two ask for the same run. */
export interface Asked {
  target: Target;
  experimentId: string;
  templateRun: string;
  runs: number;
  turn: number;
}

/** A run with every name that the loaded ones have, made as a client makes it. */
export async function makeRun(target: Target, experimentId: string): Promise<string> {
  const runId = await createRun(target, experimentId);
  const metrics = Array.from({ length: METRICS }, (_, at) => ({
    key: `metric_${at}`,
    value: 0.5,
    step: 1,
    timestamp: at,
  }));
  const params = Array.from({ length: PARAMS }, (_, at) => ({ key: `param_${at}`, value: "template" }));
  await post(target, "runs/log-batch", { run_id: runId, metrics, params, tags: [{ key: "group", value: "template" }] });
  return runId;
}

const search =
  (body: object) =>
  ({ target, experimentId }: Asked) =>
    post(target, "runs/search", { experiment_ids: [experimentId], max_results: 100, ...body });

/** The id of the loaded run in the middle of the n-th tenth. */
const runOf = ({ runs, turn }: Asked) =>
  createHash("md5")
    .update(`growth ${Math.floor(((turn % 10) + 0.5) * (runs / 10))}`)
    .digest("hex");

export const READS: Record<string, (asked: Asked) => Promise<unknown>> = {
  "first page of 100, newest first, ms": search({}),
  "first page of the console, ms": ({ target, experimentId }) => get(target, "/api/runs", { experiment: experimentId }),
  "search 100 by a metric, ms": search({ order_by: ["metrics.metric_3 DESC"] }),
  "search 100 by a metric, the lowest, ms": search({ order_by: ["metrics.metric_3 ASC"] }),
  "search 100, metric filter, ms": search({ filter: "metrics.metric_5 > 0.9" }),
  "search 100, rare metric filter, ms": search({ filter: "metrics.metric_5 > 0.9995" }),
  "search 100, param filter, ms": search({ filter: "params.param_8 = 'value 7'" }),
  "search 100, param without match, ms": search({ filter: "params.param_8 = 'none'" }),
  "search 100, tag filter, ms": search({ filter: "tags.group = 'group 7'" }),
  "search 100, tag without match, ms": search({ filter: "tags.group = 'none'" }),
  "search 100, metric, param and tag, ms": search({
    filter: "metrics.metric_5 > 0.5 AND params.param_8 = 'value 7' AND tags.group = 'group 7'",
  }),
  "search 100, metric, param and tag, by a metric, ms": search({
    filter: "metrics.metric_5 > 0.5 AND params.param_8 = 'value 7' AND tags.group = 'group 7'",
    order_by: ["metrics.metric_3 DESC"],
  }),
  "search page of 1,000, ms": search({ max_results: 1_000 }),
  "history of a run's metric, ms": (asked) =>
    get(asked.target, "/api/2.0/mlflow/metrics/get-history", { run_id: runOf(asked), metric_key: "metric_3" }),
  "all histories of a run, ms": (asked) => get(asked.target, `/api/runs/${runOf(asked)}/metrics`, {}),
};

/** Rates of writing to a new run. */
export async function writes(target: Target): Promise<Figures> {
  const experimentId = await createExperiment(target, `writes ${performance.now()}`);
  const runId = await createRun(target, experimentId);
  let step = 0;
  const logOne = (key: string) => {
    step += 1;
    return post(target, "runs/log-metric", { run_id: runId, key, value: step / 3, step, timestamp: Date.now() });
  };
  const single = await timed(100, () => logOne("metric_1"));
  const sixteen = await burst(16, 3, (caller) => logOne(`metric_${caller}`));
  const batch = await timed(20, () => {
    const from = step;
    step += 50;
    const metrics = Array.from({ length: 1_000 }, (_, at) => ({
      ...{ key: `metric_${at % METRICS}`, value: at / 7, step: from + Math.floor(at / METRICS), timestamp: Date.now() },
    }));
    return post(target, "runs/log-batch", { run_id: runId, metrics });
  });
  if (sixteen.errors[0] !== undefined) throw new Error(sixteen.errors[0]);
  return {
    "log_metric, ms p50": median(single),
    "log_metric, 16 clients, /s": sixteen.perSecond,
    "log_batch of 1,000, metrics/s": 1_000_000 / median(batch),
  };
}
