import type { Evidence } from "#lib/approvals/evidence/schemas.ts";
import type { PolicyBody } from "#lib/approvals/policy-schemas.ts";
import type { RequestDetail, Subject } from "#lib/approvals/schemas.ts";
import type { RequestState } from "#lib/approvals/status.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** A request as its row has it; `state` is the row's, not yet looked at for expiry. */
export interface RequestRow {
  id: string;
  projectId: string;
  modelName: string;
  modelVersion: number;
  target: string;
  subject: Subject;
  subjectDigest: string;
  policyId: string;
  policy: { version: number; body: PolicyBody };
  requestedBy: string;
  requestedVia: string;
  /** Ids of the users whose hands may have asked: of a robot's request whoever made its key, and so has seen its secret. */
  askers: string[];
  contributors: string[];
  reason: string;
  /** Without the images, unless all of it was asked for. */
  evidence: Evidence | null;
  evidenceDigest: string | null;
  evidenceError: string | null;
  state: RequestState;
  round: number;
  lockVersion: number;
  emergency: boolean;
  reviewDueAt: Date | null;
  reviewedLaterBy: string | null;
  error: RequestDetail["error"];
  createdAt: Date;
  expiresAt: Date;
  decidedAt: Date | null;
  validUntil: Date | null;
  executingAt: Date | null;
  executedAt: Date | null;
}

/** As `selectHands` of people.ts has it. */
const ASKERS = `ARRAY(WITH RECURSIVE hand(actor) AS (
    SELECT requested_via
    UNION
    SELECT k.created_by FROM hand h JOIN api_key k ON starts_with(h.actor, 'apiKey:') AND k.id = substr(h.actor, 8)
      LEFT JOIN user_account owner ON owner.id = k.user_id
    WHERE k.created_by IS NOT NULL AND owner.kind IS DISTINCT FROM 'person')
  SELECT substr(actor, 6) FROM hand WHERE starts_with(actor, 'user:'))`;

const columns = (evidence: string) => `id, project_id AS "projectId", model_name AS "modelName",
  model_version AS "modelVersion", target, subject, subject_digest AS "subjectDigest", policy_id AS "policyId",
  policy_snapshot AS policy, requested_by AS "requestedBy", requested_via AS "requestedVia", contributors,
  ${ASKERS} AS askers, reason,
  ${evidence} AS evidence, evidence_digest AS "evidenceDigest", evidence_error AS "evidenceError", state, round,
  lock_version AS "lockVersion", emergency, review_due_at AS "reviewDueAt", reviewed_later_by AS "reviewedLaterBy",
  error, created_at AS "createdAt", expires_at AS "expiresAt", decided_at AS "decidedAt", valid_until AS "validUntil",
  executing_at AS "executingAt", executed_at AS "executedAt"`;

/** The images are most of the evidence's bytes, and only a page shows them. */
const REQUEST = columns("jsonb_set(evidence, '{facts,comparison,disagreements,images}', '[]', false)");

/** What holds now, whatever the row says; as `effectiveState` of status.ts. */
const EFFECTIVE = `CASE WHEN state IN ('pending', 'changes_requested') AND expires_at <= now() THEN 'expired'
  WHEN state = 'approved' AND valid_until <= now() THEN 'expired' ELSE state END`;

/** `lock`: until the transaction ends; every event of a request waits for the one before. */
export async function selectRequest(
  ctx: Ctx,
  id: string,
  options: { lock?: boolean; full?: boolean } = {},
): Promise<RequestRow | null> {
  const what = options.full ? columns("evidence") : REQUEST;
  const sql = `SELECT ${what} FROM approval_request WHERE id = $1 AND project_id = $2${options.lock ? " FOR UPDATE" : ""}`;
  const [row] = await querySql<RequestRow>(ctx, sql, [id, ctx.projectId]);
  return row ?? null;
}

export interface RequestFilter {
  /** What holds now. */
  states?: readonly RequestState[] | undefined;
  model?: string | undefined;
  /** Of these models only. */
  models?: readonly string[] | undefined;
  requestedBy?: string | undefined;
  due?: boolean | undefined;
  /** Older than this one. */
  before?: { createdAt: string; id: string } | undefined;
  limit: number;
}

/** Newest first. */
export async function selectRequests(ctx: Ctx, filter: RequestFilter): Promise<RequestRow[]> {
  return querySql<RequestRow>(
    ctx,
    `SELECT ${REQUEST} FROM approval_request
     WHERE project_id = $1 AND ($2::text[] IS NULL OR (${EFFECTIVE}) = ANY($2::text[]))
       AND ($3::text IS NULL OR model_name = $3) AND ($4::text IS NULL OR requested_by = $4)
       AND (NOT $5::bool OR review_due_at IS NOT NULL)
       AND ($6::timestamptz IS NULL OR (created_at, id) < ($6::timestamptz, $7))
       AND ($9::text[] IS NULL OR model_name = ANY($9::text[]))
     ORDER BY created_at DESC, id DESC LIMIT $8::int`,
    [
      ctx.projectId,
      filter.states === undefined ? null : [...filter.states],
      filter.model ?? null,
      filter.requestedBy ?? null,
      filter.due ?? false,
      filter.before?.createdAt ?? null,
      filter.before?.id ?? "",
      filter.limit,
      filter.models === undefined ? null : [...filter.models],
    ],
  );
}

/** What a keeper needs of a request that is not over. */
export interface OpenRow {
  id: string;
  projectId: string;
  state: RequestState;
  executeOnApproval: boolean;
  /** Since it was claimed; 0: it is not being carried out. */
  claimedMs: number;
}

/** Requests of all projects that are not over. */
export async function selectOpenRequests(ctx: Ctx): Promise<OpenRow[]> {
  return querySql<OpenRow>(
    ctx,
    `SELECT id, project_id AS "projectId", state,
       coalesce((policy_snapshot -> 'body' ->> 'executeOnApproval')::bool, false) AS "executeOnApproval",
       least(extract(epoch FROM now() - coalesce(executing_at, now())) * 1000, 1e9)::int AS "claimedMs"
     FROM approval_request WHERE state IN ('pending', 'changes_requested', 'approved', 'executing') ORDER BY id`,
  );
}

/** Of a target, for every model or one, not over and not being carried out; locked, in one order. */
export async function lockOpenRequests(tx: Tx, modelName: string, target: string): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    tx,
    `SELECT id FROM approval_request WHERE project_id = $1 AND $2 IN ('*', model_name) AND target = $3
       AND state IN ('pending', 'changes_requested', 'approved') ORDER BY id FOR UPDATE`,
    [tx.projectId, modelName, target],
  );
  return rows.map(({ id }) => id);
}

/** The request that holds a version and target; asking for the same waits until the transaction ends. */
export async function lockPlace(
  tx: Tx,
  place: { modelName: string; version: number; target: string },
): Promise<string | null> {
  const { modelName, version, target } = place;
  const key = `assay.approval ${tx.projectId} ${modelName} ${version} ${target}`;
  await querySql(tx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text", [key]);
  const [row] = await querySql<{ id: string }>(
    tx,
    `SELECT id FROM approval_request WHERE project_id = $1 AND model_name = $2 AND model_version = $3::int AND target = $4
       AND state IN ('pending', 'changes_requested', 'approved', 'executing')`,
    [tx.projectId, modelName, version, target],
  );
  return row?.id ?? null;
}

/** Requests of all projects by id, for what looks at every one. */
export async function selectAllRequests(ctx: Ctx, after: string, limit: number): Promise<RequestRow[]> {
  const sql = `SELECT ${REQUEST} FROM approval_request WHERE id > $1 ORDER BY id LIMIT $2::int`;
  return querySql<RequestRow>(ctx, sql, [after, limit]);
}
