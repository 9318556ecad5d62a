import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Mismatch, ReconcileReport } from "#lib/record/schemas.ts";
import {
  countModels,
  selectLooseChampions,
  selectProductionFacts,
  selectServedOthers,
  type VersionFacts,
} from "#lib/record/store/reconcile.ts";

/** The first version of a fresh installation goes to Production by a rule, whatever is protected. */
const QUICKSTART = "system:quickstart";
const BY_HAND = "Find out who changed the database; move the version by the API, so that it is on record.";

/** Compares what is in Production with what is on record and what was approved. Of the project. */
export async function reconcileProduction(ctx: Ctx): Promise<ReconcileReport> {
  requireScope(ctx, "audit:read");
  return findMismatches(ctx, ctx.projectId);
}

/** The same of every project, or of one; the caller has checked who asks. */
export async function findMismatches(ctx: Ctx, projectId: string | null): Promise<ReconcileReport> {
  const facts = await selectProductionFacts(ctx, projectId);
  const holders = facts.filter((fact) => fact.stage === "Production");
  const mismatches: Mismatch[] = [
    ...facts.flatMap(mismatchesOf),
    ...holders
      .filter((fact, index) => isSameModel(holders[index - 1], fact))
      .map(({ projectId: project, modelName, version }) => ({
        projectId: project,
        modelName,
        version,
        kind: "two_in_production" as const,
        message: `More than one version of ${modelName} is in Production.`,
        remedy: BY_HAND,
      })),
    ...(await selectLooseChampions(ctx, projectId)).map((loose) => ({
      ...loose,
      kind: "champion_differs" as const,
      message: `champion names version ${loose.version} of ${loose.modelName}, but nothing is in Production.`,
      remedy: BY_HAND,
    })),
    ...(await selectServedOthers(ctx, projectId)).map(({ deployment, ...served }) => ({
      ...served,
      kind: "served_differs" as const,
      message: `The deployment ${deployment} answered with version ${served.version}, which is not in Production.`,
      remedy: "Look at the server's log; restart the server that still holds the old version.",
    })),
  ];
  return {
    checkedAt: ctx.clock.now().toISOString(),
    ok: mismatches.length === 0,
    models: await countModels(ctx, projectId),
    mismatches,
  };
}

function isSameModel(a: VersionFacts | undefined, b: VersionFacts): boolean {
  return a?.projectId === b.projectId && a.modelName === b.modelName;
}

function mismatchesOf(fact: VersionFacts): Mismatch[] {
  const { projectId, modelName, version, stage, movedTo } = fact;
  const name = `Version ${version} of ${modelName}`;
  const found = (kind: Mismatch["kind"], message: string, remedy: string): Mismatch => ({
    projectId,
    modelName,
    version,
    kind,
    message,
    remedy,
  });
  if (stage !== movedTo) {
    return [found("stage_without_transition", `${name} is in ${stage}, but its last move led to ${movedTo}.`, BY_HAND)];
  }
  const mismatches: Mismatch[] = [];
  if (!fact.onRecord) {
    mismatches.push(
      found("transition_not_on_record", `${name} moved to ${stage}, and the audit log has no event of it.`, BY_HAND),
    );
  }
  const fault = approvalFault(fact);
  if (fault !== null) {
    const remedy = "Ask for an approval of this version, or move another one to Production.";
    mismatches.push(found("transition_without_approval", `${name} is in Production ${fault}.`, remedy));
  }
  if (!fact.isChampion) {
    mismatches.push(found("champion_differs", `${name} is in Production, but champion does not name it.`, BY_HAND));
  }
  return mismatches;
}

/** What is wrong with the approval of a version in Production; null: nothing. */
function approvalFault(fact: VersionFacts): string | null {
  const { protectedSince, movedAt, movedBy, approvalId, approvalState } = fact;
  if (approvalId !== null && approvalState !== "executed" && approvalState !== "executing") {
    return `on the request ${approvalId}, which ${approvalState === null ? "is not there" : `is ${approvalState}`}`;
  }
  const isProtected = protectedSince !== null && movedAt !== null && movedAt >= protectedSince;
  return isProtected && approvalId === null && movedBy !== QUICKSTART
    ? "without an approval, although the stage was protected"
    : null;
}
