import { requireDeployment, requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError, UnavailableError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { type ServedRow, selectServed } from "#lib/serving/v2/store.ts";

/** A change of Production is seen within this time. */
const CACHE_MS = 500;

/** A deployment and the version that answers now. */
export interface Served {
  deployment: ServedRow["deployment"];
  version: number;
  onnxDigest: string;
}

/**
 * A deployment by its name, if the caller may use it: anybody where it is public (unless ASSAY_PUBLIC_PREDICT closes it),
 * otherwise the scope `serving:predict`.
 *
 * @throws NotFoundError the project has no such deployment, or the key is confined to others
 */
export async function openServed(ctx: Ctx, name: string): Promise<ServedRow> {
  const { env } = getRuntime();
  const row = await findServed(ctx, name);
  const isOpen = row?.deployment.access === "public" && "ASSAY_PUBLIC_PREDICT" in env && env.ASSAY_PUBLIC_PREDICT;
  if (!isOpen) requireScope(ctx, "serving:predict");
  if (row === undefined) throw new NotFoundError(`Model ${name}`);
  requireDeployment(ctx, row.deployment.name);
  requireModel(ctx, row.deployment.modelName);
  return row;
}

/**
 * The version that answers.
 *
 * @param version only this one will do
 * @throws NotFoundError    as `openServed`, or another version is served
 * @throws UnavailableError none is in Production (`no_model`), or it has no ONNX file (`no_onnx_file`)
 */
export async function findServedVersion(ctx: Ctx, of: { name: string; version?: number | undefined }): Promise<Served> {
  const { deployment, version } = await openServed(ctx, of.name);
  if (of.version !== undefined && of.version !== version?.version) {
    throw new NotFoundError(`Version ${of.version} of ${of.name}, as one that is served,`);
  }
  const problem = whyUnavailable({ deployment, version });
  if (version === null || version.onnxDigest === null || problem !== null) {
    throw new UnavailableError(problem ?? "", {
      code: version === null ? "no_model" : "no_onnx_file",
      retryAfterSeconds: 10,
    });
  }
  return { deployment, version: version.version, onnxDigest: version.onnxDigest };
}

/** Why nothing can answer; null: something can. */
export function whyUnavailable({ deployment: { modelName }, version }: ServedRow): string | null {
  if (version === null) return `No version of ${modelName} is in Production yet.`;
  if (version.onnxDigest !== null) return null;
  return `Version ${version.version} of ${modelName} is in Production, but has no ONNX file: it cannot be served.`;
}

async function findServed(ctx: Ctx, name: string): Promise<ServedRow | undefined> {
  const runtime = getRuntime();
  const cache = runtime.singleton("serving.v2.served", () => new Map<string, { until: number; row: ServedRow }>());
  const key = `${ctx.projectId}/${name}`;
  const known = cache.get(key);
  if (known !== undefined && known.until > performance.now()) return known.row;
  const [row] = await selectServed(ctx.pool, ctx.projectId, name);
  // Only what there is, or made-up names would fill the memory.
  if (row === undefined) cache.delete(key);
  else cache.set(key, { until: performance.now() + CACHE_MS, row });
  return row;
}
