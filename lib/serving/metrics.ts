import { Counter, Gauge, Histogram } from "#lib/platform/metrics.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

export interface ServingMetrics {
  predictions: Counter<"model" | "version" | "class" | "deployment" | "arm" | "assigned">;
  confidence: Histogram<"model" | "version">;
  refused: Counter<"reason">;
  batchSize: Histogram<string>;
  unlogged: Counter<string>;
  loadedVersion: Gauge<"project" | "deployment" | "model">;
  warmVersions: Gauge<string>;
  generation: Gauge<"project" | "deployment" | "model">;
  staleTables: Counter<string>;
  baselineOnly: Counter<"project" | "deployment" | "model">;
  shadows: Counter<"deployment" | "model" | "version" | "outcome">;
}

const DEPLOYMENT = ["project", "deployment", "model"] as const;

/** The room's metrics in the process's registry, made once. */
export function servingMetrics(runtime: Runtime): ServingMetrics {
  const registers = [runtime.metrics];
  return runtime.singleton("serving.metrics", () => ({
    predictions: new Counter({
      name: "predictions_total",
      help: "Predictions answered, by model, version, predicted class, deployment, and the arm that answered and that was to answer",
      labelNames: ["model", "version", "class", "deployment", "arm", "assigned"] as const,
      registers,
    }),
    confidence: new Histogram({
      name: "prediction_confidence",
      help: "Largest probability of each answer, 0..1",
      labelNames: ["model", "version"] as const,
      buckets: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1],
      registers,
    }),
    refused: new Counter({
      name: "predictions_refused_total",
      help: "Inputs that were not answered, by reason",
      labelNames: ["reason"] as const,
      registers,
    }),
    batchSize: new Histogram({
      name: "prediction_batch_size",
      help: "Images in one call of the model",
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    unlogged: new Counter({
      name: "predictions_unlogged_total",
      help: "Answers whose row could not be written because the database stayed away",
      registers,
    }),
    loadedVersion: new Gauge({
      name: "serving_model_version",
      help: "Version that is each deployment's champion in this process",
      labelNames: DEPLOYMENT,
      registers,
    }),
    warmVersions: new Gauge({
      name: "serving_warm_versions",
      help: "Versions that this process has loaded",
      registers,
    }),
    generation: new Gauge({
      name: "serving_traffic_generation",
      help: "Generation of the traffic table that this process routes by",
      labelNames: DEPLOYMENT,
      registers,
    }),
    staleTables: new Counter({
      name: "serving_stale_tables_total",
      help: "Traffic tables that were older than the one in use, and refused: the database answered with the past",
      registers,
    }),
    baselineOnly: new Counter({
      name: "serving_baseline_only_total",
      help: "Requests that the champion answered alone because the traffic table could not be confirmed for 30 s",
      labelNames: DEPLOYMENT,
      registers,
    }),
    shadows: new Counter({
      name: "shadow_predictions_total",
      help: "Requests mirrored to a shadow, by how its answer compared: agreed, differed, failed, shed",
      labelNames: ["deployment", "model", "version", "outcome"] as const,
      registers,
    }),
  }));
}
