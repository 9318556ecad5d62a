import type { Evidence } from "#lib/approvals/evidence/schemas.ts";
import type { RequestState } from "#lib/approvals/status.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** What evidence needs of a request. */
export interface EvidenceRequest {
  id: string;
  round: number;
  state: RequestState;
  modelName: string;
  modelVersion: number;
  /** The version that the subject names as the one to give way. */
  replaces: number | null;
  contributors: string[];
  hasEvidence: boolean;
}

export async function selectEvidenceRequest(
  ctx: Ctx,
  id: string,
  options: { lock?: boolean } = {},
): Promise<EvidenceRequest | null> {
  const [row] = await querySql<EvidenceRequest>(
    ctx,
    `SELECT id, round, state, model_name AS "modelName", model_version AS "modelVersion", contributors,
       (subject ->> 'replaces')::int AS replaces, evidence IS NOT NULL AS "hasEvidence"
     FROM approval_request WHERE id = $1 AND project_id = $2${options.lock ? " FOR UPDATE" : ""}`,
    [id, ctx.projectId],
  );
  return row ?? null;
}

/** Of a row that the caller holds locked. */
export async function writeEvidence(
  tx: Tx,
  requestId: string,
  found: { evidence: Evidence; digest: string } | { error: string },
): Promise<void> {
  if ("error" in found) {
    // What was found before stays: it is still true of the same round.
    await querySql(tx, "UPDATE approval_request SET evidence_error = $2 WHERE id = $1", [requestId, found.error]);
    return;
  }
  await querySql(
    tx,
    `UPDATE approval_request SET evidence = $2::jsonb, evidence_digest = $3, evidence_error = NULL WHERE id = $1`,
    [requestId, JSON.stringify(found.evidence), found.digest],
  );
}

/** Notes that the pair was compared on the test set, and counts the pairs that were. */
export async function countComparison(
  tx: Tx,
  look: { datasetVersionId: string; candidateId: string; championId: string | null },
): Promise<number> {
  await querySql(
    tx,
    `INSERT INTO test_set_comparison (project_id, dataset_version_id, candidate_id, champion_id, at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [tx.projectId, look.datasetVersionId, look.candidateId, look.championId ?? "", tx.clock.now()],
  );
  const [row] = await querySql<{ looks: number }>(
    tx,
    "SELECT count(*)::int AS looks FROM test_set_comparison WHERE project_id = $1 AND dataset_version_id = $2",
    [tx.projectId, look.datasetVersionId],
  );
  return row?.looks ?? 0;
}
