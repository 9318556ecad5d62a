import type pg from "pg";

export interface ShadowKey {
  deploymentId: string;
  generation: number;
  version: number;
}

/** Mirrored inputs by how the shadow's answer compared; `shed` were not asked. */
export interface ShadowCounts {
  agreed: number;
  differed: number;
  failed: number;
  shed: number;
}

/** Adds to the counts. Those of a deployment that is gone are dropped. */
export async function addShadowCounts(pool: pg.Pool, rows: readonly (ShadowKey & ShadowCounts)[]): Promise<void> {
  await pool.query(
    `INSERT INTO shadow_count AS c (deployment_id, generation, version, agreed, differed, failed, shed)
     SELECT d.id, row.generation, row.version, row.agreed, row.differed, row.failed, row.shed
     FROM jsonb_to_recordset($1::jsonb) AS row(
       "deploymentId" text, generation int, version int, agreed bigint, differed bigint, failed bigint, shed bigint)
     JOIN deployment d ON d.id = row."deploymentId"
     ORDER BY 1, 2, 3
     ON CONFLICT (deployment_id, generation, version) DO UPDATE SET
       agreed = c.agreed + excluded.agreed, differed = c.differed + excluded.differed,
       failed = c.failed + excluded.failed, shed = c.shed + excluded.shed`,
    [JSON.stringify(rows)],
  );
}
