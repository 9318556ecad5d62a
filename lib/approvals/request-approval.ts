import { APPROVAL_REQUESTED, type ApprovalRequested } from "#lib/approvals/events.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import { openRequest } from "#lib/approvals/open-request.ts";
import { type RequestDetail, RequestInput } from "#lib/approvals/schemas.ts";
import { OPEN_STATES } from "#lib/approvals/status.ts";
import { readClock } from "#lib/approvals/store/people.ts";
import { selectHolding } from "#lib/approvals/store/policies.ts";
import { lockPlace } from "#lib/approvals/store/requests.ts";
import { insertRequest, insertRound } from "#lib/approvals/store/write-requests.ts";
import { readContributors, readSubject, type SubjectNow } from "#lib/approvals/subject.ts";
import { whoIs } from "#lib/approvals/who-may.ts";
import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { emit } from "#lib/platform/outbox.ts";
import { canStageBecome, type Stage } from "#lib/registry/status.ts";

const HOUR_MS = 3_600_000;

/**
 * Asks that a version take a protected stage or alias. Everything that will take effect is frozen, with the policy as it is
 * now and everybody who made it; evidence is asked for. A version and target have one open request at a time.
 *
 * @throws NotFoundError no such version in the project
 * @throws ConflictError `not_protected`: nothing to ask for; `request_open`: it is asked for already; `stage_conflict`
 */
export async function requestApproval(
  ctx: Ctx,
  input: { modelName: string; version: number; target: string; reason: string },
): Promise<RequestDetail> {
  requireScope(ctx, "approvals:request");
  const { modelName, version, target, reason } = RequestInput.parse(input);
  requireModel(ctx, modelName);
  const id = newId("apr");
  await withTransaction(ctx, async (tx) => {
    await requireFreePlace(tx, { modelName, version, target });
    const policy = await selectHolding(tx, modelName, target);
    // The version first: who may not know of it is not told about policies either.
    const evidenceId = `${id}/1`;
    const pretended = policy ?? { id: "", version: 1 };
    const now = await readSubject(tx, { modelName, version, target, policy: pretended, evidenceId });
    requireMove(now, target);
    if (policy === null) {
      throw new ConflictError(`No policy protects ${target} of ${modelName}: nothing to approve.`, {
        code: "not_protected",
        details: [{ field: "target", problem: "is not protected", remedy: "Move the version there directly." }],
      });
    }
    const createdAt = await readClock(tx);
    const contributors = await readContributors(tx, now);
    await insertRequest(tx, {
      id,
      subject: now.subject,
      subjectDigest: now.digest,
      policyId: policy.id,
      policy: { version: policy.version, body: policy.body },
      requestedBy: whoIs(tx.actor),
      requestedVia: actorName(tx.actor),
      contributors,
      reason,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + policy.body.expiresAfterHours * HOUR_MS),
    });
    const { subject, digest } = now;
    await insertRound(tx, { requestId: id, round: 1, subject, subjectDigest: digest, reason, at: createdAt });
    audit(tx, {
      action: "approval.request",
      subject: `approval:${id}`,
      detail: { version: `${modelName}/${version}`, target, subjectDigest: digest, subject, contributors, reason },
    });
    const payload: ApprovalRequested = { projectId: tx.projectId, requestId: id, round: 1 };
    await emit(tx, APPROVAL_REQUESTED, payload);
  });
  return getRequest(ctx, { id });
}

/** @throws ConflictError somebody asks for it already; one that is over by the clock or by a change gives way */
async function requireFreePlace(tx: Tx, place: { modelName: string; version: number; target: string }): Promise<void> {
  const holder = await lockPlace(tx, place);
  if (holder === null) return;
  const { row } = await openRequest(tx, holder);
  if (!(OPEN_STATES as readonly string[]).includes(row.state)) return;
  throw new ConflictError(`Approval of version ${place.version} for ${place.target} is asked for already.`, {
    code: "request_open",
    details: [{ field: "version", problem: `has the open request ${holder}`, remedy: `Open /approvals/${holder}.` }],
  });
}

/** @throws ConflictError the version is there already, or the table of stages does not lead there */
function requireMove({ version, subject }: SubjectNow, target: string): void {
  const isThere =
    subject.replaces === version.version || (target.startsWith("stage:") && target === `stage:${version.stage}`);
  if (isThere) {
    throw new ConflictError(`Version ${version.version} is at ${target} already.`, { code: "already_there" });
  }
  if (target.startsWith("stage:") && !canStageBecome(version.stage, target.slice("stage:".length) as Stage)) {
    throw new ConflictError(`A version in ${version.stage} cannot go to ${target}.`, { code: "stage_conflict" });
  }
}
