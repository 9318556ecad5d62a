import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Whether a policy of this model, or of every model, protects the target. */
export async function isProtected(ctx: Ctx, modelName: string, target: string): Promise<boolean> {
  const [row] = await querySql<{ found: number }>(
    ctx,
    `SELECT 1 AS found FROM protected_target
     WHERE project_id = $1 AND model_name IN ($2, '*') AND target = $3 LIMIT 1`,
    [ctx.projectId, modelName, target],
  );
  return row !== undefined;
}

export async function insertProtection(tx: Tx, modelName: string, target: string, policyId: string): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO protected_target (project_id, model_name, target, policy_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (project_id, model_name, target) DO UPDATE SET policy_id = excluded.policy_id`,
    [tx.projectId, modelName, target, policyId],
  );
}

export async function deleteProtection(tx: Tx, modelName: string, target: string): Promise<void> {
  const sql = "DELETE FROM protected_target WHERE project_id = $1 AND model_name = $2 AND target = $3";
  await querySql(tx, sql, [tx.projectId, modelName, target]);
}

/** Locks the rows of one model, or of all with `*`, in one order: moves under way end first, later ones see what is written now. */
export async function lockModels(tx: Tx, modelName: string): Promise<void> {
  await querySql(
    tx,
    "SELECT id FROM registered_model WHERE project_id = $1 AND $2 IN ('*', name) ORDER BY id FOR UPDATE",
    [tx.projectId, modelName],
  );
}

/** The request that asks for this move and is not over, or null. */
export async function selectOpenApproval(
  ctx: Ctx,
  move: { modelName: string; version: number; target: string },
): Promise<string | null> {
  const [row] = await querySql<{ id: string }>(
    ctx,
    `SELECT id FROM approval_request
     WHERE project_id = $1 AND model_name = $2 AND model_version = $3::int AND target = $4
       AND state IN ('pending', 'changes_requested', 'approved', 'executing')`,
    [ctx.projectId, move.modelName, move.version, move.target],
  );
  return row?.id ?? null;
}

/** Whether that request is being carried out for exactly this move: the registry does not take its caller's word. */
export async function isBeingExecuted(
  ctx: Ctx,
  approvalId: string,
  move: { modelName: string; version: number; target: string },
): Promise<boolean> {
  const [row] = await querySql<{ found: number }>(
    ctx,
    `SELECT 1 AS found FROM approval_request
     WHERE id = $1 AND state = 'executing' AND project_id = $2 AND model_name = $3 AND model_version = $4::int AND target = $5`,
    [approvalId, ctx.projectId, move.modelName, move.version, move.target],
  );
  return row !== undefined;
}

export async function selectApprovedMove(ctx: Ctx, approvalId: string): Promise<boolean> {
  const sql = "SELECT 1 AS found FROM stage_transition WHERE approval_id = $1 LIMIT 1";
  const [row] = await querySql<{ found: number }>(ctx, sql, [approvalId]);
  return row !== undefined;
}
