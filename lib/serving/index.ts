export { batchPredict } from "#lib/serving/batch-predict.ts";
export { checkDefaultModel } from "#lib/serving/check-model.ts";
export { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
export { predict } from "#lib/serving/predict.ts";
