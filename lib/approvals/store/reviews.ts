import type { Comment, Decision, Round } from "#lib/approvals/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

export interface ReviewRow {
  /** Ordered: reviews are decided in this order. */
  id: string;
  requestId: string;
  round: number;
  reviewer: string;
  decision: Decision;
  comment: string;
  /** How the reviewer stood then. `emergency`: a break-glass, kept here with who did it. */
  roles: { role: string | null; thresholds: string[]; emergency?: boolean };
  authAgeSeconds: number | null;
  secondFactor: boolean;
  subjectDigest: string;
  counts: boolean;
  at: Date;
  withdrawnAt: Date | null;
}

/** Of these requests, in the order in which they were given. */
export async function selectReviews(ctx: Ctx, requestIds: readonly string[]): Promise<ReviewRow[]> {
  return querySql<ReviewRow>(
    ctx,
    `SELECT id::text AS id, request_id AS "requestId", round, reviewer, decision, comment, reviewer_roles AS roles,
       auth_age_seconds AS "authAgeSeconds", second_factor AS "secondFactor", subject_digest AS "subjectDigest", counts,
       at, withdrawn_at AS "withdrawnAt"
     FROM approval_review WHERE request_id = ANY($1::text[]) ORDER BY approval_review.id`,
    [[...requestIds]],
  );
}

export async function insertReview(tx: Tx, review: Omit<ReviewRow, "id" | "withdrawnAt">): Promise<ReviewRow> {
  const [row] = await querySql<{ id: string }>(
    tx,
    `INSERT INTO approval_review (request_id, round, reviewer, decision, comment, reviewer_roles, auth_age_seconds,
       second_factor, subject_digest, counts, at)
     VALUES ($1, $2::int, $3, $4, $5, $6::jsonb, $7::int, $8, $9, $10, $11) RETURNING id::text AS id`,
    [
      review.requestId,
      review.round,
      review.reviewer,
      review.decision,
      review.comment,
      JSON.stringify(review.roles),
      review.authAgeSeconds,
      review.secondFactor,
      review.subjectDigest,
      review.counts,
      review.at,
    ],
  );
  return { ...review, id: row?.id ?? "", withdrawnAt: null };
}

/** Takes a reviewer's own reviews of a round back. */
export async function withdrawReviews(
  tx: Tx,
  which: { requestId: string; round: number; reviewer: string; at: Date },
): Promise<number> {
  const rows = await querySql<{ id: string }>(
    tx,
    `UPDATE approval_review SET withdrawn_at = $4::timestamptz
     WHERE request_id = $1 AND round = $2::int AND reviewer = $3 AND withdrawn_at IS NULL
       AND NOT coalesce((reviewer_roles ->> 'emergency')::bool, false)
     RETURNING id::text AS id`,
    [which.requestId, which.round, which.reviewer, which.at],
  );
  return rows.length;
}

/** They count no more: whoever gave them may not review now. */
export async function discountReviews(tx: Tx, ids: readonly string[]): Promise<void> {
  await querySql(tx, "UPDATE approval_review SET counts = false WHERE id = ANY($1::text[]::bigint[])", [[...ids]]);
}

export async function insertComment(
  tx: Tx,
  comment: { requestId: string; round: number; author: string; body: string; at: Date },
): Promise<void> {
  await querySql(
    tx,
    "INSERT INTO approval_comment (request_id, round, author, body, at) VALUES ($1, $2::int, $3, $4, $5)",
    [comment.requestId, comment.round, comment.author, comment.body, comment.at],
  );
}

type CommentRow = Omit<Comment, "author" | "at"> & { author: string; at: Date };

export async function selectComments(ctx: Ctx, requestId: string): Promise<CommentRow[]> {
  return querySql<CommentRow>(
    ctx,
    `SELECT id::text AS id, round, author, body, at FROM approval_comment
     WHERE request_id = $1 ORDER BY approval_comment.id`,
    [requestId],
  );
}

export async function selectRounds(ctx: Ctx, requestId: string): Promise<Round[]> {
  const rows = await querySql<Omit<Round, "createdAt"> & { createdAt: Date }>(
    ctx,
    `SELECT round, subject, subject_digest AS "subjectDigest", reason, created_at AS "createdAt"
     FROM approval_round WHERE request_id = $1 ORDER BY round`,
    [requestId],
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
