import type { Policy, PolicyBody } from "#lib/approvals/policy-schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

type PolicyRow = Omit<Policy, "createdAt"> & { createdAt: Date };

const POLICY = `SELECT id, model_name AS "modelName", target, version, body, removed, created_by AS "createdBy",
  created_at AS "createdAt" FROM approval_policy`;

const toPolicy = (row: PolicyRow): Policy => ({ ...row, createdAt: row.createdAt.toISOString() });

/** One change of the project's policies at a time, until the transaction ends. */
export async function lockPolicies(tx: Tx): Promise<void> {
  await querySql(tx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text", [`assay.policies ${tx.projectId}`]);
}

/** The newest version of a policy, also when it says that it is removed. */
export async function selectNewest(ctx: Ctx, modelName: string, target: string): Promise<Policy | null> {
  const sql = `${POLICY} WHERE project_id = $1 AND model_name = $2 AND target = $3 ORDER BY version DESC LIMIT 1`;
  const [row] = await querySql<PolicyRow>(ctx, sql, [ctx.projectId, modelName, target]);
  return row === undefined ? null : toPolicy(row);
}

/** What holds for a model: its own policy, else that of every model, else null. */
export async function selectHolding(ctx: Ctx, modelName: string, target: string): Promise<Policy | null> {
  const own = await selectNewest(ctx, modelName, target);
  if (own !== null && !own.removed) return own;
  const general = await selectNewest(ctx, "*", target);
  return general === null || general.removed ? null : general;
}

export async function selectPolicy(ctx: Ctx, id: string): Promise<Policy | null> {
  const [row] = await querySql<PolicyRow>(ctx, `${POLICY} WHERE project_id = $1 AND id = $2`, [ctx.projectId, id]);
  return row === undefined ? null : toPolicy(row);
}

/** Those that hold, by model and target; with `history` every version, newest first. */
export async function selectPolicies(ctx: Ctx, options: { history: boolean }): Promise<Policy[]> {
  const newest = "version = (SELECT max(n.version) FROM approval_policy n WHERE n.project_id = p.project_id";
  const holding = `AND NOT removed AND ${newest} AND n.model_name = p.model_name AND n.target = p.target)`;
  const sql = `${POLICY} p WHERE project_id = $1 ${options.history ? "" : holding}
    ORDER BY model_name, target, version DESC`;
  const rows = await querySql<PolicyRow>(ctx, sql, [ctx.projectId]);
  return rows.map(toPolicy);
}

export async function insertPolicy(
  tx: Tx,
  policy: { id: string; modelName: string; target: string; version: number; body: PolicyBody; removed: boolean } & {
    createdBy: string;
  },
): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO approval_policy (id, project_id, model_name, target, version, body, removed, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5::int, $6::jsonb, $7, $8, clock_timestamp())`,
    [
      policy.id,
      tx.projectId,
      policy.modelName,
      policy.target,
      policy.version,
      JSON.stringify(policy.body),
      policy.removed,
      policy.createdBy,
    ],
  );
}

/** Which of these users do not exist, or are of another kind. */
export async function selectUnknown(ctx: Ctx, ids: readonly string[], kind: "person" | "service"): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `SELECT wanted.id FROM unnest($1::text[]) AS wanted(id)
     WHERE NOT EXISTS (SELECT FROM user_account u WHERE u.id = wanted.id AND u.kind = $2)`,
    [[...ids], kind],
  );
  return rows.map(({ id }) => id);
}
