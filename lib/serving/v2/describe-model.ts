import type { TensorInfo } from "#lib/engine/onnx/tensors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { configTypeOf, datatypeOf } from "#lib/serving/v2/datatypes.ts";
import { modelPool } from "#lib/serving/v2/model-pool.ts";
import type { ModelConfig, ModelMetadata, ModelStatistics } from "#lib/serving/v2/schemas.ts";
import { findServedVersion } from "#lib/serving/v2/served.ts";
import { inferenceStatistics } from "#lib/serving/v2/statistics.ts";

/** As Triton calls it. */
const PLATFORM = "onnxruntime_onnx";

interface Named {
  name: string;
  version?: number | undefined;
}

/** @throws NotFoundError | UnavailableError */
export async function getModelMetadata(ctx: Ctx, of: Named): Promise<ModelMetadata> {
  const { version, onnxDigest } = await findServedVersion(ctx, of);
  const tensor = ({ name, type, dims }: TensorInfo) => ({ name, datatype: datatypeOf(type), shape: [...dims] });
  return modelPool().use(onnxDigest, async ({ model }) => ({
    ...{ name: of.name, versions: [String(version)], platform: PLATFORM },
    inputs: model.inputs.map(tensor),
    outputs: model.outputs.map(tensor),
  }));
}

/** @throws NotFoundError | UnavailableError */
export async function getModelConfig(ctx: Ctx, of: Named): Promise<ModelConfig> {
  const { version, onnxDigest } = await findServedVersion(ctx, of);
  const tensor = ({ name, type, dims }: TensorInfo) => ({ name, data_type: configTypeOf(type), dims: [...dims] });
  return modelPool().use(onnxDigest, async ({ model }) => ({
    ...{ name: of.name, platform: PLATFORM, backend: "onnxruntime", max_batch_size: 0 },
    version_policy: { specific: { versions: [version] } },
    input: model.inputs.map(tensor),
    output: model.outputs.map(tensor),
  }));
}

/**
 * Resolves when the model is loaded and can answer.
 *
 * @throws NotFoundError | UnavailableError
 */
export async function requireReady(ctx: Ctx, of: Named): Promise<void> {
  const { onnxDigest } = await findServedVersion(ctx, of);
  await modelPool().use(onnxDigest, async () => undefined);
}

/** What this process has counted of the version that is served. */
export async function getModelStatistics(ctx: Ctx, of: Named): Promise<ModelStatistics> {
  const { version } = await findServedVersion(ctx, of);
  const statistics = inferenceStatistics(getRuntime());
  return { model_stats: [statistics.read({ projectId: ctx.projectId, deployment: of.name, version })] };
}
