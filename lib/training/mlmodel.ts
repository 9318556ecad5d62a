import { posix } from "node:path";
import { ARTIFACT_PATHS } from "#lib/engine/artifact-paths.ts";
import { ONNX_INPUT, ONNX_OUTPUT } from "#lib/engine/onnx/export-onnx.ts";

/** Beside the ONNX file, where MLflow's clients look for it. */
export const MLMODEL_PATH = posix.join(posix.dirname(ARTIFACT_PATHS.onnx), "MLmodel");

const ONNX_FILE = posix.basename(ARTIFACT_PATHS.onnx);
const IMAGE = { type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 28, 28, 1] } };
const PROBABILITIES = { type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 10] } };

/**
 * The file by which MLflow's clients load a digit model, as ONNX or as `pyfunc`: images `[N, 28, 28, 1]` of float32 in 0..1 to
 * probabilities `[N, 10]`. It is YAML, and JSON is YAML.
 */
export function mlmodelOf(run: { id: string; at: Date }): string {
  const model = {
    artifact_path: posix.dirname(ARTIFACT_PATHS.onnx),
    flavors: {
      onnx: { data: ONNX_FILE, code: null, providers: ["CPUExecutionProvider"] },
      python_function: { loader_module: "mlflow.onnx", data: ONNX_FILE },
    },
    run_id: run.id,
    signature: {
      inputs: JSON.stringify([{ name: ONNX_INPUT, ...IMAGE }]),
      outputs: JSON.stringify([{ name: ONNX_OUTPUT, ...PROBABILITIES }]),
      params: null,
    },
    // Clients read it as a time of no zone.
    utc_time_created: run.at.toISOString().replace("T", " ").replace("Z", ""),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}
