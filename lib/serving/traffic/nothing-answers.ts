import { UnavailableError } from "#lib/platform/errors.ts";
import type { RouteRow } from "#lib/serving/store/routes.ts";
import { resolveTable } from "#lib/serving/traffic/resolve-table.ts";
import { PRODUCTION_ONLY } from "#lib/serving/traffic/schemas.ts";

/** Why no version of a deployment can answer, and what to do about it. `problem`: what its loading failed of. */
export function nothingAnswers(row: RouteRow, problem: unknown): UnavailableError {
  const { modelName } = row.deployment;
  const targets = resolveTable({ ...row, traffic: row.entries ?? PRODUCTION_ONLY });
  if (problem !== undefined) {
    return new UnavailableError(`Version ${targets.champion?.version} of ${modelName} could not be loaded.`, {
      code: "model_not_loaded",
      retryAfterSeconds: 5,
      cause: problem,
    });
  }
  if (targets.problem === "no_onnx_file") {
    return new UnavailableError(
      `Version ${targets.champion?.version} of ${modelName} is to answer, but has no ONNX file: it cannot be served.`,
      { code: "no_onnx_file", retryAfterSeconds: 10 },
    );
  }
  return new UnavailableError(
    `No version of ${modelName} is in Production yet. Train one (POST /api/training/strategies/mnist-three-runs, or Runs → New run) and promote it on /models/${modelName}.`,
    { code: "no_model", retryAfterSeconds: 10 },
  );
}
