import { hasScope } from "#lib/auth/scopes.ts";
import type { Tx } from "#lib/platform/db.ts";
import { ForbiddenError, InvalidError } from "#lib/platform/errors.ts";
import { hadProduction } from "#lib/registry/get-production-version.ts";
import { isBeingExecuted, isProtected, selectOpenApproval } from "#lib/registry/store/protection.ts";

export interface Move {
  modelName: string;
  version: number;
  /** What the version gets, such as `stage:Production`; null: it only gives something up. */
  enters: string | null;
  /** What it gives up, such as `stage:Production` or `alias:blue`. */
  leaves: string | null;
  reason: string;
  /** Of the request that is being carried out. */
  approvalId?: string | undefined;
}

/**
 * Whether a move may happen, as the policies say. Called with the model's row locked.
 * - Into something protected: only by the request that is being carried out for just this move. The quickstart rule may
 *   put the first version ever into Production.
 * - Only out of something protected: stopping must not wait for an approval, so an admin may, with a reason.
 *
 * @throws ForbiddenError `approval_required`, with the open request or the way to ask; `approval_not_usable`
 * @throws InvalidError an admin gave no reason
 */
export async function requireMove(tx: Tx, move: Move): Promise<void> {
  if (move.enters !== null && move.approvalId !== undefined) {
    const wanted = { modelName: move.modelName, version: move.version, target: move.enters };
    if (!(await isBeingExecuted(tx, move.approvalId, wanted))) {
      throw new ForbiddenError("That approval is not for this move, or not being carried out.", {
        code: "approval_not_usable",
      });
    }
    return;
  }
  if (move.enters !== null && (await isProtected(tx, move.modelName, move.enters))) {
    if (!(await isQuickstart(tx, move))) {
      throw await approvalRequired(tx, move, move.enters);
    }
    return;
  }
  if (move.leaves !== null && (await isProtected(tx, move.modelName, move.leaves))) {
    requireAdminWithReason(tx, move, move.leaves);
  }
}

/** decisions.md 5: the first finished run of a fresh install serves until a person decides. */
async function isQuickstart(tx: Tx, move: Move): Promise<boolean> {
  const { actor } = tx;
  const isRule = actor.type === "system" && actor.id === "quickstart" && move.enters === "stage:Production";
  return isRule && !(await hadProduction(tx, { modelName: move.modelName }));
}

async function approvalRequired(tx: Tx, move: Move, target: string): Promise<ForbiddenError> {
  const { modelName, version } = move;
  const open = await selectOpenApproval(tx, { modelName, version, target });
  const query = new URLSearchParams({
    ...(open === null && { model: modelName, version: String(version), target }),
    ...(tx.projectId !== "default" && { project: tx.projectId }),
  }).toString();
  const path = `/approvals/${open ?? "new"}${query === "" ? "" : `?${query}`}`;
  const remedy =
    open === null ? `Ask for approval: ${path}` : `The request ${open} is open; it is carried out there: ${path}`;
  return new ForbiddenError(`${target} of ${modelName} moves only by an approval.`, {
    code: "approval_required",
    details: [{ field: target.startsWith("stage:") ? "stage" : "alias", problem: "protected by a policy", remedy }],
  });
}

function requireAdminWithReason(tx: Tx, move: Move, target: string): void {
  const field = target.startsWith("stage:") ? "stage" : "alias";
  if (!hasScope(tx.actor.scopes, "admin")) {
    throw new ForbiddenError(`Only an admin takes a version out of ${target} without a successor.`, {
      code: "approval_required",
      details: [
        {
          field,
          problem: "protected by a policy",
          remedy: `Ask for the approval of another version of ${move.modelName}, or ask an admin.`,
        },
      ],
    });
  }
  if (move.reason.trim() === "") {
    throw new InvalidError(`Taking a version out of ${target} needs a reason.`, {
      details: [{ field: "reason", problem: "is empty", remedy: "Say why; it is part of the record." }],
    });
  }
}
