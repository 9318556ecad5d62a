import { CLASS_COUNT, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { ONNX_INPUT, ONNX_OUTPUT } from "#lib/engine/onnx/export-onnx.ts";
import type { HostedModel } from "#lib/engine/onnx/hosted-model.ts";
import type { RawTensor } from "#lib/engine/onnx/tensors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { recordAnswer, toAnswer } from "#lib/serving/answer.ts";
import { modelPool } from "#lib/serving/v2/model-pool.ts";
import { readInferRequest } from "#lib/serving/v2/read-request.ts";
import { readTensors, wantedOutputs } from "#lib/serving/v2/read-tensors.ts";
import { findServedVersion, type Served } from "#lib/serving/v2/served.ts";
import { inferenceStatistics } from "#lib/serving/v2/statistics.ts";
import { writeReply } from "#lib/serving/v2/write-reply.ts";

/**
 * One inference of the protocol with the model's own tensors.
 *
 * @throws InvalidError       the request does not fit the protocol or the model; says where, and what would be right
 * @throws NotFoundError      no such deployment, or that version is not served
 * @throws UnavailableError   nothing can answer, or the model's process died under it
 * @throws LimitExceededError the body is too large, or too much waits
 */
export async function infer(
  ctx: Ctx,
  of: { name: string; version?: number | undefined; request: Request },
): Promise<Response> {
  const start = performance.now();
  const served = await findServedVersion(ctx, of);
  const statistics = inferenceStatistics(getRuntime());
  const counted = { projectId: ctx.projectId, deployment: served.deployment.name, version: served.version };
  try {
    return await modelPool().use(served.onnxDigest, async ({ model, run }) => {
      const request = await readInferRequest(of.request);
      const inputs = readTensors(request, model.inputs);
      const outputs = wantedOutputs(request.json, model.outputs);
      const ready = performance.now();
      const { tensors, queueMs, runMs } = await run(inputs, outputs);
      const done = performance.now();
      const reply = await writeReply({
        ...{ model: served.deployment.name, version: served.version, request: request.json, tensors },
        accepts: of.request.headers.get("accept-encoding"),
      });
      if (isDigitModel(model)) recordDigits(ctx, served, tensors, performance.now() - start);
      const [preprocessMs, postprocessMs] = [ready - start, performance.now() - done];
      const rows = inputs[0]?.dims[0] ?? 1;
      statistics.succeeded(counted, { preprocessMs, queueMs, predictMs: runMs, postprocessMs }, rows);
      return reply;
    });
  } catch (error) {
    statistics.failed(counted, performance.now() - start);
    throw error;
  }
}

/** Ours, and any that takes and gives the same. */
function isDigitModel({ inputs, outputs }: HostedModel): boolean {
  const [input, output] = [inputs[0], outputs[0]];
  return (
    inputs.length === 1 &&
    outputs.length === 1 &&
    `${input?.name} ${input?.type} ${input?.dims.slice(1)}` === `${ONNX_INPUT} float32 ${IMAGE_SIZE},${IMAGE_SIZE},1` &&
    `${output?.name} ${output?.type} ${output?.dims.slice(1)}` === `${ONNX_OUTPUT} float32 ${CLASS_COUNT}`
  );
}

/** Each row is a prediction like any other. */
function recordDigits(ctx: Ctx, served: Served, [output]: readonly RawTensor[], ms: number): void {
  if (output === undefined) return;
  const probabilities = new Float32Array(Uint8Array.from(output.bytes).buffer);
  const { deployment, version } = served;
  const model = { name: deployment.modelName, version };
  const latencyMs = Math.round(ms * 1_000) / 1_000;
  for (let at = 0; at < probabilities.length; at += CLASS_COUNT) {
    recordAnswer(ctx, toAnswer(probabilities.subarray(at, at + CLASS_COUNT)), { deployment, model, latencyMs });
  }
}
