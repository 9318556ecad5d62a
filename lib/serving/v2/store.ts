import type pg from "pg";

/** A deployment and the version that it serves; `version` is null while there is none. */
export interface ServedRow {
  deployment: { name: string; projectId: string; modelName: string; access: "public" | "key" };
  version: { version: number; onnxDigest: string | null } | null;
}

interface Row {
  name: string;
  model_name: string;
  access: string;
  version: number | null;
  onnx_digest: string | null;
}

/** The project's deployments with the versions in Production of their models, by name. */
export async function selectServed(pool: pg.Pool, projectId: string, name?: string): Promise<ServedRow[]> {
  const { rows } = await pool.query<Row>(
    `SELECT d.name, d.model_name, d.access, v.version, v.onnx_digest
     FROM deployment d
     LEFT JOIN registered_model m ON m.project_id = d.project_id AND m.name = d.model_name AND m.deleted_at IS NULL
     LEFT JOIN model_version v ON v.model_id = m.id AND v.stage = 'Production' AND v.deleted_at IS NULL
     WHERE d.project_id = $1 AND ($2::text IS NULL OR d.name = $2)
     ORDER BY d.name`,
    [projectId, name ?? null],
  );
  return rows.map((row) => ({
    deployment: {
      ...{ name: row.name, projectId, modelName: row.model_name },
      access: row.access === "public" ? "public" : "key",
    },
    version: row.version === null ? null : { version: row.version, onnxDigest: row.onnx_digest },
  }));
}
