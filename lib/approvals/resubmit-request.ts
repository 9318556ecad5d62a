import { APPROVAL_REQUESTED, type ApprovalRequested } from "#lib/approvals/events.ts";
import { onRequest } from "#lib/approvals/on-request.ts";
import type { OpenRequest } from "#lib/approvals/open-request.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { selectHolding } from "#lib/approvals/store/policies.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import { insertRound, updateSubject } from "#lib/approvals/store/write-requests.ts";
import { readContributors, readSubject } from "#lib/approvals/subject.ts";
import { requireRequester } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { emit } from "#lib/platform/outbox.ts";

const HOUR_MS = 3_600_000;

/**
 * Asks anew, in a next round, for what is there now: frozen again, under the policy of now, with new evidence. Reviews of
 * earlier rounds count no more, and links to them are answered `changed_since`.
 *
 * @throws ForbiddenError somebody else asked
 * @throws ConflictError  it is being carried out, or over
 */
export async function resubmitRequest(ctx: Ctx, input: { id: string; reason: string } & Seen): Promise<RequestDetail> {
  requireScope(ctx, "approvals:request");
  return onRequest(ctx, input, {
    event({ tx, row }) {
      requireRequester(row, tx.actor, { orAdmin: false });
      return "resubmit";
    },
    write: (open) => nextRound(open, input.reason),
  });
}

async function nextRound(
  open: OpenRequest,
  reason: string,
): Promise<{ row: Partial<RequestRow>; detail: { [key: string]: unknown } }> {
  const { tx, row, now } = open;
  const round = row.round + 1;
  // Without a policy that holds any more the one that it was made under goes on.
  const holding = await selectHolding(tx, row.modelName, row.target);
  const policy = holding ?? { id: row.policyId, ...row.policy };
  const { modelName, modelVersion: version, target } = row;
  const asked = await readSubject(tx, { modelName, version, target, policy, evidenceId: `${row.id}/${round}` });
  const next: Partial<RequestRow> = {
    round,
    subject: asked.subject,
    subjectDigest: asked.digest,
    policyId: policy.id,
    policy: { version: policy.version, body: policy.body },
    requestedVia: actorName(tx.actor),
    contributors: await readContributors(tx, asked),
    reason,
    evidence: null,
    evidenceDigest: null,
    evidenceError: null,
    // A broken glass is for what was asked then; its later review stays due.
    emergency: false,
    expiresAt: new Date(now.getTime() + policy.body.expiresAfterHours * HOUR_MS),
    decidedAt: null,
    validUntil: null,
  };
  await updateSubject(tx, { ...row, ...next });
  const { subject, digest: subjectDigest } = asked;
  await insertRound(tx, { requestId: row.id, round, subject, subjectDigest, reason, at: now });
  const payload: ApprovalRequested = { projectId: tx.projectId, requestId: row.id, round };
  await emit(tx, APPROVAL_REQUESTED, payload);
  return { row: next, detail: { subject, before: row.subjectDigest, reason } };
}
