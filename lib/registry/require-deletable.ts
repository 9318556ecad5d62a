import type { Tx } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { CHAMPION } from "#lib/registry/status.ts";
import { selectDeploymentsNaming, selectDeploymentsOf, selectOpenRequests } from "#lib/registry/store/model-uses.ts";
import { isProtected } from "#lib/registry/store/protection.ts";

/**
 * Whether versions of a model may be deleted. Called with the model's row locked. What serves, what a policy put where it is
 * and what somebody decides about now stays.
 *
 * @param only the version; null: all that are given, and the model with them
 * @throws ConflictError `version_serves`, `version_protected` or `approval_open`
 */
export async function requireDeletable(
  tx: Tx,
  modelName: string,
  versions: readonly ModelVersion[],
  only: number | null,
): Promise<void> {
  for (const version of versions) await requireNotHeld(tx, modelName, version);
  const [request] = await selectOpenRequests(tx, modelName, only);
  if (request !== undefined) {
    throw refused("approval_open", `The approval request ${request} about ${modelName} is open`, "Withdraw it first.");
  }
}

async function requireNotHeld(tx: Tx, modelName: string, version: ModelVersion): Promise<void> {
  const name = `Version ${version.version} of ${modelName}`;
  if (version.stage === "Production") {
    const [deployment] = await selectDeploymentsOf(tx, modelName);
    if (deployment !== undefined) {
      throw refused("version_serves", `${name} serves the deployment ${deployment}`, "Archive it first.");
    }
  }
  const [named] = await selectDeploymentsNaming(tx, modelName, version.version);
  if (named !== undefined) {
    const remedy = "Take it out of that traffic table first.";
    throw refused("version_serves", `${name} is in the traffic table of the deployment ${named}`, remedy);
  }
  const targets = [
    `stage:${version.stage}`,
    ...version.aliases.map((alias) => (alias === CHAMPION ? "stage:Production" : `alias:${alias}`)),
  ];
  for (const target of targets) {
    if (await isProtected(tx, modelName, target)) {
      const remedy = "An admin takes it out of there first, with a reason, or another version replaces it.";
      throw refused("version_protected", `${name} is in ${target}, which a policy protects`, remedy);
    }
  }
}

function refused(code: string, why: string, remedy: string): ConflictError {
  return new ConflictError(`${why}. It is not deleted.`, {
    code,
    details: [{ field: "version", problem: why, remedy }],
  });
}
