import type { TensorInfo } from "#lib/engine/onnx/tensors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { configTypeOf, datatypeOf } from "#lib/serving/v2/datatypes.ts";
import { modelPool } from "#lib/serving/v2/model-pool.ts";
import type { ModelConfig, ModelMetadata, ModelStatistics } from "#lib/serving/v2/schemas.ts";
import { type Asked, findServed } from "#lib/serving/v2/served.ts";
import { inferenceStatistics } from "#lib/serving/v2/statistics.ts";

/** As Triton calls it. */
const PLATFORM = "onnxruntime_onnx";

/** @throws NotFoundError | UnavailableError */
export async function getModelMetadata(ctx: Ctx, of: Asked): Promise<ModelMetadata> {
  const { candidates } = await findServed(ctx, of);
  const [{ onnxDigest }] = candidates;
  const tensor = ({ name, type, dims }: TensorInfo) => ({ name, datatype: datatypeOf(type), shape: [...dims] });
  return modelPool().use(onnxDigest, async ({ model }) => ({
    ...{ name: of.name, versions: candidates.map((one) => String(one.version)), platform: PLATFORM },
    inputs: model.inputs.map(tensor),
    outputs: model.outputs.map(tensor),
  }));
}

/** @throws NotFoundError | UnavailableError */
export async function getModelConfig(ctx: Ctx, of: Asked): Promise<ModelConfig> {
  const [{ version, onnxDigest }] = (await findServed(ctx, of)).candidates;
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
export async function requireReady(ctx: Ctx, of: Asked): Promise<void> {
  const [{ onnxDigest }] = (await findServed(ctx, of)).candidates;
  await modelPool().use(onnxDigest, async () => undefined);
}

/** What this process has counted of the version that is served. */
export async function getModelStatistics(ctx: Ctx, of: Asked): Promise<ModelStatistics> {
  const { candidates } = await findServed(ctx, of);
  const statistics = inferenceStatistics(getRuntime());
  const read = (version: number) => statistics.read({ projectId: ctx.projectId, deployment: of.name, version });
  return { model_stats: candidates.map(({ version }) => read(version)) };
}
