export { checkDefaultModel } from "#lib/serving/check-model.ts";
export { listDeploymentNames } from "#lib/serving/deployments/list-deployments.ts";
export { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
