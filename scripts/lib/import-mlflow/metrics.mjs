import { Failure } from "../failure.mjs";
import { text } from "./endpoint.mjs";

/** @typedef {import("./import.mjs").Work} Work */

const POINTS_A_PAGE = 25_000;
/** As many as the wire takes at once. */
const BATCH = 1_000;

/**
 * Copies all points of a metric. Points that are here already change nothing.
 *
 * @param {Work} work
 * @param {{ what: string, old: string, id: string, key: string, models: Map<string, { id: string }> }} given
 */
export async function copyHistory({ source, target, report }, { what, old, id, key, models }) {
  const asked = { run_id: old, metric_key: key, max_results: POINTS_A_PAGE };
  let bad = 0;
  try {
    for await (const page of source.pages("GET", "/api/2.0/mlflow/metrics/get-history", asked, "metrics")) {
      const points = page.flatMap((metric) => toPoint(metric, key, models));
      report.count("metric points", "read", page.length);
      bad += page.length - points.length;
      for (let start = 0; start < points.length; start += BATCH) {
        const metrics = points.slice(start, start + BATCH);
        await target.post("/api/2.0/mlflow/runs/log-batch", { run_id: id, metrics });
        report.count("metric points", "written", metrics.length);
      }
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    report.leave(`${what} · metric ${key}`, error);
  }
  if (bad > 0) report.leave(`${what} · metric ${key}`, `${bad} points that are no numbers`);
}

/**
 * @param {import("./endpoint.mjs").Json} metric
 * @param {string} key
 * @param {Map<string, { id: string }>} models
 */
function toPoint(metric, key, models) {
  const value = metric["value"];
  const [timestamp, step] = [Number(metric["timestamp"]), Number(metric["step"] ?? 0)];
  const isValue = typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(text(value));
  if (!isValue || !Number.isSafeInteger(timestamp) || !Number.isSafeInteger(step)) return [];
  const model = models.get(text(metric["model_id"]));
  return [
    {
      ...{ key, value, timestamp, step },
      ...(model ? { model_id: model.id } : {}),
      ...(metric["dataset_name"] ? { dataset_name: metric["dataset_name"] } : {}),
      ...(metric["dataset_digest"] ? { dataset_digest: metric["dataset_digest"] } : {}),
    },
  ];
}
