import type pg from "pg";
import type { KnownVersion } from "#lib/serving/traffic/resolve-table.ts";
import type { Traffic } from "#lib/serving/traffic/schemas.ts";

export interface Deployment {
  id: string;
  name: string;
  projectId: string;
  modelName: string;
  access: "public" | "key";
  isDefault: boolean;
}

/** All that a router knows of a deployment, as one statement read it. */
export interface RouteRow {
  deployment: Deployment;
  /** 0: no table was ever written. */
  generation: number;
  /** Null without a table. */
  entries: (Traffic & { salt: string }) | null;
  isProtected: boolean;
  versions: KnownVersion[];
}

interface Row {
  id: string;
  projectId: string;
  name: string;
  modelName: string;
  access: string;
  isDefault: boolean;
  generation: number;
  entries: RouteRow["entries"];
  isProtected: boolean;
  versions: KnownVersion[] | null;
}

/**
 * Every deployment with its newest table, the versions that it means and whether a policy protects them: one statement, so
 * that weights and targets belong together. Reads tables of the registry for it.
 */
export async function selectRoutes(pool: pg.Pool): Promise<RouteRow[]> {
  const { rows } = await pool.query<Row>({
    name: "serving.routes",
    text: `
    SELECT d.id, d.project_id AS "projectId", d.name, d.model_name AS "modelName", d.access, d.is_default AS "isDefault",
      d.generation, t.entries,
      EXISTS (SELECT FROM protected_target p WHERE p.project_id = d.project_id
        AND p.model_name IN (d.model_name, '*') AND p.target = 'stage:Production') AS "isProtected",
      (SELECT jsonb_agg(jsonb_build_object('version', v.version, 'stage', v.stage, 'onnxDigest', v.onnx_digest,
          'isApproved', EXISTS (SELECT FROM stage_transition s
            WHERE s.version_id = v.id AND s.to_stage = 'Production' AND s.approval_id IS NOT NULL)))
        FROM registered_model m JOIN model_version v ON v.model_id = m.id
        WHERE m.project_id = d.project_id AND m.name = d.model_name AND m.deleted_at IS NULL AND v.deleted_at IS NULL
          AND (v.stage = 'Production' OR v.version = ANY (t.versions))) AS versions
    FROM deployment d LEFT JOIN traffic_table t ON t.deployment_id = d.id AND t.generation = d.generation`,
  });
  return rows.map(({ generation, entries, isProtected, versions, ...row }) => ({
    deployment: { ...row, access: row.access === "public" ? "public" : "key" },
    generation,
    entries,
    isProtected,
    versions: versions ?? [],
  }));
}
