import { Counter, Histogram } from "#lib/platform/metrics.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import type { ModelStatistics } from "#lib/serving/v2/schemas.ts";

/** Milliseconds of one inference, by its parts. */
interface Timings {
  preprocessMs: number;
  queueMs: number;
  predictMs: number;
  postprocessMs: number;
}

interface Of {
  projectId: string;
  deployment: string;
  version: number;
}

type Stats = ModelStatistics["model_stats"][number];

/** What this process counts of inferences: under the names that KServe's and MLServer's boards ask for, and for the protocol. */
export interface InferenceStatistics {
  succeeded(of: Of, timings: Timings, rows: number): void;
  failed(of: Of, ms: number): void;
  /** Zeros where there was no inference yet. */
  read(of: Of): Stats;
}

const BUCKETS = [0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function inferenceStatistics(runtime: Runtime): InferenceStatistics {
  return runtime.singleton("serving.v2.statistics", () => createStatistics(runtime));
}

function createStatistics(runtime: Runtime): InferenceStatistics {
  const registers = [runtime.metrics];
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ["model_name"] as const, buckets: BUCKETS, registers });
  const preprocess = histogram(
    "request_preprocess_seconds",
    "Reading and checking an inference request (KServe's name)",
  );
  const predict = histogram("request_predict_seconds", "The model's run of an inference (KServe's name)");
  const postprocess = histogram("request_postprocess_seconds", "Writing an inference's reply (KServe's name)");
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ["model", "version"] as const, registers });
  const success = counter("model_infer_request_success_total", "Inferences answered (MLServer's name)");
  const failure = counter("model_infer_request_failure_total", "Inferences that failed (MLServer's name)");
  const queue = new Histogram({
    name: "batch_request_queue",
    help: "Seconds that an inference waited for its run (MLServer's name)",
    labelNames: ["model"] as const,
    buckets: BUCKETS,
    registers,
  });

  const counted = new Map<string, Stats>();
  const statsOf = (of: Of): Stats => {
    const key = `${of.projectId}/${of.deployment}/${of.version}`;
    const present = counted.get(key);
    if (present !== undefined) return present;
    const made = emptyStats(of);
    counted.set(key, made);
    return made;
  };
  const labels = ({ deployment, version }: Of) => ({ model: deployment, version: String(version) });

  return {
    succeeded(of, timings, rows) {
      const { preprocessMs, queueMs, predictMs, postprocessMs } = timings;
      const model = of.deployment;
      preprocess.observe({ model_name: model }, preprocessMs / 1_000);
      predict.observe({ model_name: model }, predictMs / 1_000);
      postprocess.observe({ model_name: model }, postprocessMs / 1_000);
      queue.observe({ model }, queueMs / 1_000);
      success.inc(labels(of));
      const stats = statsOf(of);
      const { inference_stats: parts } = stats;
      stats.last_inference = Date.now();
      stats.inference_count += rows;
      stats.execution_count += 1;
      add(parts.success, preprocessMs + queueMs + predictMs + postprocessMs);
      add(parts.queue, queueMs);
      add(parts.compute_input, preprocessMs);
      add(parts.compute_infer, predictMs);
      add(parts.compute_output, postprocessMs);
    },
    failed(of, ms) {
      failure.inc(labels(of));
      add(statsOf(of).inference_stats.fail, ms);
    },
    read: (of) => counted.get(`${of.projectId}/${of.deployment}/${of.version}`) ?? emptyStats(of),
  };
}

function add(duration: { count: number; ns: number }, ms: number): void {
  duration.count += 1;
  duration.ns += Math.round(ms * 1e6);
}

function emptyStats({ deployment, version }: Of): Stats {
  const none = () => ({ count: 0, ns: 0 });
  return {
    ...{ name: deployment, version: String(version) },
    ...{ last_inference: 0, inference_count: 0, execution_count: 0 },
    inference_stats: {
      ...{ success: none(), fail: none(), queue: none() },
      ...{ compute_input: none(), compute_infer: none(), compute_output: none() },
    },
  };
}
