export { checkDefaultModel } from "#lib/serving/check-model.ts";
export { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
export { listDeployments } from "#lib/serving/list-deployments.ts";
