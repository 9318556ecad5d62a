import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { Deployment, DeploymentActivity, TrafficChange } from "#lib/serving/deployments/schemas.ts";
import type { KnownVersion } from "#lib/serving/traffic/resolve-table.ts";
import { PRODUCTION_ONLY, Traffic } from "#lib/serving/traffic/schemas.ts";

export type StoredDeployment = Deployment & { id: string; salt: string | null };

interface Row extends Omit<Deployment, "traffic" | "createdAt"> {
  id: string;
  entries: (Traffic & { salt: string }) | null;
  createdAt: Date;
}

const DEPLOYMENTS = `
  SELECT d.id, d.name, d.model_name AS "modelName", d.access, d.is_default AS "isDefault", d.generation, t.entries,
    d.created_at AS "createdAt",
    (SELECT v.version FROM registered_model m JOIN model_version v ON v.model_id = m.id
     WHERE m.project_id = d.project_id AND m.name = d.model_name AND m.deleted_at IS NULL AND v.deleted_at IS NULL
       AND v.stage = 'Production') AS "productionVersion",
    EXISTS (SELECT FROM protected_target p WHERE p.project_id = d.project_id
      AND p.model_name IN (d.model_name, '*') AND p.target = 'stage:Production') AS "isProtected"
  FROM deployment d LEFT JOIN traffic_table t ON t.deployment_id = d.id AND t.generation = d.generation
  WHERE d.project_id = $1`;

function toDeployment({ entries, createdAt, ...row }: Row): StoredDeployment {
  const { salt = null, ...traffic } = entries ?? {};
  return {
    ...row,
    traffic: entries === null ? PRODUCTION_ONLY : Traffic.parse(traffic),
    salt,
    createdAt: createdAt.toISOString(),
  };
}

/** By name. */
export async function selectDeployments(ctx: Ctx): Promise<StoredDeployment[]> {
  return (await querySql<Row>(ctx, `${DEPLOYMENTS} ORDER BY d.name`, [ctx.projectId])).map(toDeployment);
}

export async function selectDeployment(ctx: Ctx, name: string): Promise<StoredDeployment | null> {
  const [row] = await querySql<Row>(ctx, `${DEPLOYMENTS} AND d.name = $2`, [ctx.projectId, name]);
  return row === undefined ? null : toDeployment(row);
}

export async function selectDeploymentNames(ctx: Ctx): Promise<string[]> {
  const sql = "SELECT name FROM deployment WHERE project_id = $1 ORDER BY name";
  return (await querySql<{ name: string }>(ctx, sql, [ctx.projectId])).map(({ name }) => name);
}

/** All changes of a project's deployments happen one after another. Taken before rows of models. */
export async function lockDeployments(tx: Tx): Promise<void> {
  await querySql(
    tx,
    "SELECT 1 AS done FROM (SELECT pg_advisory_xact_lock(hashtextextended('deployments:' || $1, 0))) AS l",
    [tx.projectId],
  );
}

export async function insertDeployment(
  tx: Tx,
  row: { id: string; name: string; modelName: string; access: string; isDefault: boolean },
): Promise<void> {
  await tx.db.deployment.create({ data: { ...row, projectId: tx.projectId, createdAt: tx.clock.now() } });
}

export async function updateAccess(tx: Tx, id: string, access: string): Promise<void> {
  await tx.db.deployment.update({ where: { id }, data: { access } });
}

/** The project's one default deployment from now on. */
export async function makeDefault(tx: Tx, id: string): Promise<void> {
  await tx.db.deployment.updateMany({
    where: { projectId: tx.projectId, isDefault: true },
    data: { isDefault: false },
  });
  await tx.db.deployment.update({ where: { id }, data: { isDefault: true } });
}

/** With its tables and counts. */
export async function removeDeployment(tx: Tx, id: string): Promise<void> {
  await tx.db.deployment.delete({ where: { id } });
}

/** Writes a table as the deployment's newest; its generation is one more than `after`. */
export async function insertTrafficTable(
  tx: Tx,
  table: {
    deploymentId: string;
    generation: number;
    entries: Traffic & { salt: string };
    versions: number[];
    digest: string;
    actor: string;
    reason: string;
  },
): Promise<void> {
  await tx.db.trafficTable.create({ data: { ...table, createdAt: tx.clock.now() } });
  await tx.db.deployment.update({ where: { id: table.deploymentId }, data: { generation: table.generation } });
}

/** Newest first. */
export async function selectTrafficTables(
  ctx: Ctx,
  deploymentId: string,
  page: { limit: number; before: number | null },
): Promise<TrafficChange[]> {
  const rows = await querySql<
    Omit<TrafficChange, "traffic" | "at"> & { entries: Traffic & { salt: string }; at: Date }
  >(
    ctx,
    `SELECT generation, entries, digest, actor, reason, created_at AS at FROM traffic_table
     WHERE deployment_id = $1 AND ($2::int IS NULL OR generation < $2::int) ORDER BY generation DESC LIMIT $3::int`,
    [deploymentId, page.before, page.limit],
  );
  return rows.map(({ entries: { salt: _, ...traffic }, at, ...row }) => ({
    ...row,
    traffic: Traffic.parse(traffic),
    at: at.toISOString(),
  }));
}

/** These versions of a model, as a table that names them is judged by. Reads tables of the registry. */
export async function selectKnownVersions(
  ctx: Ctx,
  modelName: string,
  versions: readonly number[],
): Promise<KnownVersion[]> {
  return querySql<KnownVersion>(
    ctx,
    `SELECT v.version, v.stage, v.onnx_digest AS "onnxDigest",
       EXISTS (SELECT FROM stage_transition s WHERE s.version_id = v.id AND s.to_stage = 'Production'
         AND s.approval_id IS NOT NULL) AS "isApproved"
     FROM registered_model m JOIN model_version v ON v.model_id = m.id
     WHERE m.project_id = $1 AND m.name = $2 AND m.deleted_at IS NULL AND v.deleted_at IS NULL
       AND v.version::text = ANY ($3::text[])`,
    [ctx.projectId, modelName, versions.map(String)],
  );
}

/** What a deployment's versions answered since a moment, and how its shadows compared. */
export async function selectActivity(
  ctx: Ctx,
  deployment: { id: string; name: string },
  since: Date,
): Promise<Omit<DeploymentActivity, "since">> {
  const answers = await querySql<DeploymentActivity["answers"][number]>(
    ctx,
    `SELECT model_version AS version, count(*)::int AS answers, avg(confidence)::float8 AS "meanConfidence",
       avg(latency_ms)::float8 AS "meanLatencyMs"
     FROM prediction WHERE project_id = $1 AND deployment = $2 AND at >= $3
     GROUP BY model_version ORDER BY model_version`,
    [ctx.projectId, deployment.name, since],
  );
  const shadows = await querySql<DeploymentActivity["shadows"][number]>(
    ctx,
    `SELECT version, generation, least(agreed, 2147483647)::int AS agreed, least(differed, 2147483647)::int AS differed,
       least(failed, 2147483647)::int AS failed, least(shed, 2147483647)::int AS shed
     FROM shadow_count WHERE deployment_id = $1 ORDER BY generation DESC, version LIMIT 20`,
    [deployment.id],
  );
  return { answers, shadows };
}
