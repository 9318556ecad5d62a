export { checkDefaultModel } from "#lib/serving/check-model.ts";
export { getActivity, getDeployment, getTrafficHistory } from "#lib/serving/deployments/get-deployment.ts";
export { listDeploymentNames, listDeployments } from "#lib/serving/deployments/list-deployments.ts";
export { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
