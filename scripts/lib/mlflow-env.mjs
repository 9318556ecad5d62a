import path from "node:path";
import { places, ROOT } from "./paths.mjs";
import { pythonEnv, readRequirements } from "./python-env.mjs";

/**
 * The Python that has the genuine mlflow and what its tests use, as e2e/mlflow/requirements.txt pins them.
 * @param {(detail: string) => void} say
 * @returns {Promise<string>}
 * @throws {import("./failure.mjs").Failure}
 */
export function mlflowEnv(say) {
  const requirements = readRequirements(path.join(ROOT, "e2e", "mlflow", "requirements.txt"));
  return pythonEnv({ name: "mlflow", requirements, cache: places().cache, say });
}
