import type { RequestedSpec } from "#lib/training/schemas.ts";

/** A spec as the run's params: names and texts as people compare them. The engine is a tag, since the worker chooses it. */
export function runParams(spec: RequestedSpec): Record<string, string> {
  return {
    architecture: spec.architecture,
    epochs: String(spec.epochs),
    batch_size: String(spec.batchSize),
    learning_rate: String(spec.learningRate),
    optimizer: spec.optimizer,
    schedule: spec.schedule,
    augment: String(spec.augment),
    seed: String(spec.seed),
    validation: spec.validation,
    ...(spec.trainLimit === undefined ? {} : { train_limit: String(spec.trainLimit) }),
  };
}

/** The name of a run that was given none, such as `enhanced-adam-5e-4`. */
export function defaultRunName(spec: RequestedSpec): string {
  return `${spec.architecture}-${spec.optimizer}-${spec.learningRate.toExponential()}`;
}
