import { Counter, Gauge, Histogram } from "#lib/platform/metrics.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

export interface ServingMetrics {
  predictions: Counter<"model" | "version" | "class">;
  confidence: Histogram<"model" | "version">;
  refused: Counter<"reason">;
  batchSize: Histogram<string>;
  unlogged: Counter<string>;
  loadedVersion: Gauge<"model">;
}

/** The room's metrics in the process's registry, made once. */
export function servingMetrics(runtime: Runtime): ServingMetrics {
  const registers = [runtime.metrics];
  return runtime.singleton("serving.metrics", () => ({
    predictions: new Counter({
      name: "predictions_total",
      help: "Predictions answered, by model, version and predicted class",
      labelNames: ["model", "version", "class"] as const,
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
      help: "Version of each model that this process answers with",
      labelNames: ["model"] as const,
      registers,
    }),
  }));
}
