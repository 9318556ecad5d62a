import { EVIDENCE_REQUESTED } from "#lib/approvals/evidence/compute-evidence.job.ts";
import { selectEvidenceRequest } from "#lib/approvals/evidence/store.ts";
import { REQUEST_TRANSITIONS } from "#lib/approvals/status.ts";
import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { emit } from "#lib/platform/outbox.ts";

/**
 * Has a worker compute the evidence of the request's present round anew: after a failure, or because a gate finds it too
 * old.
 *
 * @throws NotFoundError no such request in the project
 * @throws ConflictError it is decided already
 */
export async function requestEvidence(ctx: Ctx, input: { requestId: string }): Promise<{ round: number }> {
  requireScope(ctx, "approvals:request");
  const { requestId } = input;
  return withTransaction(ctx, async (tx) => {
    const request = await selectEvidenceRequest(tx, requestId, { lock: true });
    if (request === null) {
      throw new NotFoundError(`Approval request ${requestId}`);
    }
    requireModel(tx, request.modelName);
    const { round, state } = request;
    if (REQUEST_TRANSITIONS.evidence[state] === "ignore") {
      throw new ConflictError(`The request is ${state}: its evidence stays as it is.`, { code: "request_closed" });
    }
    audit(tx, { action: "approval.evidence_request", subject: `approval:${requestId}`, detail: { round } });
    await emit(tx, EVIDENCE_REQUESTED, { projectId: tx.projectId, requestId, round });
    return { round };
  });
}
