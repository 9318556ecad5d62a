/** Where a run's artifacts stand; browser-safe. */
export const ARTIFACT_PATHS = {
  /** TensorFlow.js layers model; its weights lie beside it. */
  tfjsModel: "model/model.json",
  tfjsWeights: "model/weights.bin",
  /** The model that serving loads. */
  onnx: "model/model.onnx",
  evaluation: "evaluation.json",
  learningCurves: "learning-curves.json",
  confusionMatrix: "confusion-matrix.json",
  summary: "summary.json",
} as const;
