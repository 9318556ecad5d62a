import type { NoticeKind } from "#lib/approvals/notices/kinds.ts";
import type { NoticeChannel, NoticeState } from "#lib/approvals/notices/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

export interface Notice {
  id: string;
  channel: NoticeChannel;
  /** A user's id, or `webhook`. */
  recipient: string;
  kind: NoticeKind;
  requestId: string;
  round: number;
  state: NoticeState;
  attempts: number;
}

/** False when this event was told to this recipient before. */
export async function insertNotice(
  tx: Tx,
  notice: Omit<Notice, "state" | "attempts"> & { eventKey: string },
): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    tx,
    `INSERT INTO notice (id, project_id, event_key, channel, recipient, kind, request_id, round, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::int, $9)
     ON CONFLICT (event_key, channel, recipient) DO NOTHING RETURNING id`,
    [
      notice.id,
      tx.projectId,
      notice.eventKey,
      notice.channel,
      notice.recipient,
      notice.kind,
      notice.requestId,
      notice.round,
      tx.clock.now(),
    ],
  );
  return rows.length === 1;
}

export async function selectNotice(ctx: Ctx, id: string): Promise<Notice | null> {
  const [row] = await querySql<Notice>(
    ctx,
    `SELECT id, channel, recipient, kind, request_id AS "requestId", round, state, attempts
     FROM notice WHERE id = $1 AND project_id = $2`,
    [id, ctx.projectId],
  );
  return row ?? null;
}

export interface ListedNotice extends Notice {
  modelName: string;
  modelVersion: number;
  target: string;
  lastError: string | null;
  createdAt: Date;
  sentAt: Date | null;
}

/** @param of.models only about these; undefined: all */
export async function selectNotices(
  ctx: Ctx,
  of: {
    state: NoticeState | undefined;
    models: readonly string[] | undefined;
    limit: number;
    before: { createdAt: string; id: string } | undefined;
  },
): Promise<ListedNotice[]> {
  return querySql(
    ctx,
    `SELECT n.id, n.channel, n.recipient, n.kind, n.request_id AS "requestId", n.round, n.state, n.attempts,
       n.last_error AS "lastError", n.created_at AS "createdAt", n.sent_at AS "sentAt", r.model_name AS "modelName",
       r.model_version AS "modelVersion", r.target
     FROM notice n JOIN approval_request r ON r.id = n.request_id AND r.project_id = n.project_id
     WHERE n.project_id = $1 AND ($2::text IS NULL OR n.state = $2)
       AND ($3::text[] IS NULL OR r.model_name = ANY($3::text[]))
       AND ($4::timestamptz IS NULL OR (n.created_at, n.id) < ($4::timestamptz, $5::text))
     ORDER BY n.created_at DESC, n.id DESC LIMIT $6::int`,
    [
      ctx.projectId,
      of.state ?? null,
      of.models === undefined ? null : [...of.models],
      of.before?.createdAt ?? null,
      of.before?.id ?? null,
      of.limit,
    ],
  );
}

export async function settleNotice(
  ctx: Ctx,
  id: string,
  outcome: { state: NoticeState; error?: string },
): Promise<void> {
  await querySql(
    ctx,
    `UPDATE notice SET state = $2, attempts = attempts + 1, last_error = $3,
       sent_at = CASE WHEN $2 = 'sent' THEN $4::timestamptz END WHERE id = $1`,
    [id, outcome.state, outcome.error?.slice(0, 500) ?? null, ctx.clock.now()],
  );
}

/** Waiting for longer than any retry takes to begin: their job may be lost. Of all projects. */
export async function selectNeglected(ctx: Ctx, before: Date): Promise<{ projectId: string; noticeId: string }[]> {
  return querySql(
    ctx,
    `SELECT project_id AS "projectId", id AS "noticeId" FROM notice WHERE state = 'waiting' AND created_at < $1
     ORDER BY created_at LIMIT 500`,
    [before],
  );
}

/** The address of a person who may still sign in. */
export async function selectRecipient(ctx: Ctx, userId: string): Promise<{ name: string; email: string } | null> {
  const [row] = await querySql<{ name: string; email: string }>(
    ctx,
    "SELECT name, email FROM user_account WHERE id = $1 AND kind = 'person' AND disabled_at IS NULL",
    [userId],
  );
  return row ?? null;
}

/** Persons among these users: service accounts have no mailbox. */
export async function selectPersonIds(ctx: Ctx, ids: readonly string[]): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    "SELECT id FROM user_account WHERE id = ANY($1::text[]) AND kind = 'person' AND disabled_at IS NULL ORDER BY id",
    [[...ids]],
  );
  return rows.map(({ id }) => id);
}

/**
 * Undecided requests of all projects that end soon: within a day, or within the last quarter of their time where that is
 * shorter; and that nobody was told of.
 */
export async function selectExpiring(
  ctx: Ctx,
  now: Date,
): Promise<{ projectId: string; requestId: string; round: number }[]> {
  return querySql(
    ctx,
    `SELECT r.project_id AS "projectId", r.id AS "requestId", r.round FROM approval_request r
     WHERE r.state IN ('pending', 'changes_requested') AND r.expires_at > $1
       AND r.expires_at - $1::timestamptz <= least(interval '24 hours', (r.expires_at - r.created_at) / 4)
       AND NOT EXISTS (SELECT FROM notice n WHERE n.request_id = r.id AND n.round = r.round AND n.kind = 'expiring')
     ORDER BY r.expires_at LIMIT 500`,
    [now],
  );
}
