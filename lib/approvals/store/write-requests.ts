import type { PolicyBody } from "#lib/approvals/policy-schemas.ts";
import type { Subject } from "#lib/approvals/schemas.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

export async function insertRequest(
  tx: Tx,
  request: {
    id: string;
    subject: Subject;
    subjectDigest: string;
    policyId: string;
    policy: { version: number; body: PolicyBody };
    requestedBy: string;
    requestedVia: string;
    contributors: string[];
    reason: string;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<void> {
  const { subject } = request;
  await querySql(
    tx,
    `INSERT INTO approval_request (id, project_id, kind, model_name, model_version, target, subject, subject_digest,
       policy_id, policy_snapshot, requested_by, requested_via, contributors, reason, state, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5::int, $6, $7::jsonb, $8, $9, $10::jsonb, $11, $12, $13::text[], $14, 'pending', $15, $16)`,
    [
      request.id,
      tx.projectId,
      subject.kind,
      subject.modelName,
      subject.version,
      subject.target,
      JSON.stringify(subject),
      request.subjectDigest,
      request.policyId,
      JSON.stringify(request.policy),
      request.requestedBy,
      request.requestedVia,
      request.contributors,
      request.reason,
      request.createdAt,
      request.expiresAt,
    ],
  );
}

/** Keeps what was asked in a round. */
export async function insertRound(
  tx: Tx,
  round: { requestId: string; round: number; subject: Subject; subjectDigest: string; reason: string; at: Date },
): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO approval_round (request_id, round, subject, subject_digest, reason, created_at)
     VALUES ($1, $2::int, $3::jsonb, $4, $5, $6)`,
    [round.requestId, round.round, JSON.stringify(round.subject), round.subjectDigest, round.reason, round.at],
  );
}

/** Writes what events may change of a row that the caller holds locked. */
export async function updateRequest(tx: Tx, row: RequestRow): Promise<void> {
  await querySql(
    tx,
    `UPDATE approval_request SET state = $2, round = $3::int, lock_version = $4::int, emergency = $5,
       review_due_at = $6::timestamptz, reviewed_later_by = $7, error = $8::jsonb, expires_at = $9::timestamptz,
       decided_at = $10::timestamptz, valid_until = $11::timestamptz, executing_at = $12::timestamptz,
       executed_at = $13::timestamptz
     WHERE id = $1`,
    [
      row.id,
      row.state,
      row.round,
      row.lockVersion,
      row.emergency,
      row.reviewDueAt,
      row.reviewedLaterBy,
      row.error === null ? null : JSON.stringify(row.error),
      row.expiresAt,
      row.decidedAt,
      row.validUntil,
      row.executingAt,
      row.executedAt,
    ],
  );
}

/** What a new round asks for; its evidence is still to come. */
export async function updateSubject(tx: Tx, row: RequestRow): Promise<void> {
  await querySql(
    tx,
    `UPDATE approval_request SET subject = $2::jsonb, subject_digest = $3, policy_id = $4, policy_snapshot = $5::jsonb,
       contributors = $6::text[], reason = $7, requested_via = $8, evidence = NULL, evidence_digest = NULL,
       evidence_error = NULL
     WHERE id = $1`,
    [
      row.id,
      JSON.stringify(row.subject),
      row.subjectDigest,
      row.policyId,
      JSON.stringify(row.policy),
      row.contributors,
      row.reason,
      row.requestedVia,
    ],
  );
}
