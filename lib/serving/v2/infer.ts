import { CLASS_COUNT, IMAGE_PIXELS, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { ONNX_INPUT, ONNX_OUTPUT } from "#lib/engine/onnx/export-onnx.ts";
import type { HostedModel } from "#lib/engine/onnx/hosted-model.ts";
import type { RawTensor } from "#lib/engine/onnx/tensors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { recordAnswer, toAnswer } from "#lib/serving/answer.ts";
import type { Answer } from "#lib/serving/schemas.ts";
import { modelPool } from "#lib/serving/v2/model-pool.ts";
import { readInferRequest } from "#lib/serving/v2/read-request.ts";
import { readTensors, wantedOutputs } from "#lib/serving/v2/read-tensors.ts";
import { type Asked, findServed, type Served } from "#lib/serving/v2/served.ts";
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
export async function infer(ctx: Ctx, asked: Asked & { request: Request }): Promise<Response> {
  const start = performance.now();
  const served = await findServed(ctx, { ...asked, headers: asked.request.headers });
  const request = await readInferRequest(asked.request).catch((error: unknown) => {
    const [{ version }] = served.candidates;
    statisticsOf().failed(countedOf(ctx, served, version), performance.now() - start);
    throw error;
  });
  const accepts = asked.request.headers.get("accept-encoding");
  return withStandIn(served, async (candidate) => {
    const { version, onnxDigest, arm } = candidate;
    const counted = countedOf(ctx, served, version);
    try {
      return await modelPool().use(onnxDigest, async ({ model, run }) => {
        const inputs = readTensors(request, model.inputs);
        const outputs = wantedOutputs(request.json, model.outputs);
        const ready = performance.now();
        const { tensors, queueMs, runMs } = await run(inputs, outputs);
        const done = performance.now();
        const { name, modelName } = served.deployment;
        const reply = await writeReply({ model: name, version, request: request.json, tensors, accepts });
        const latencyMs = Math.round((performance.now() - start) * 1_000) / 1_000;
        if (isDigitModel(model)) {
          const pixels = pixelsOf(inputs);
          for (const [item, answer] of digitsOf(tensors).entries()) {
            const input = pixels.subarray(item * IMAGE_PIXELS, (item + 1) * IMAGE_PIXELS);
            recordAnswer(ctx, answer, {
              turn: served,
              arm,
              model: { name: modelName, version },
              latencyMs,
              input,
              item,
            });
          }
        }
        const [preprocessMs, postprocessMs] = [ready - start, performance.now() - done];
        const rows = inputs[0]?.dims[0] ?? 1;
        statisticsOf().succeeded(counted, { preprocessMs, queueMs, predictMs: runMs, postprocessMs }, rows);
        return reply;
      });
    } catch (error) {
      statisticsOf().failed(counted, performance.now() - start);
      throw error;
    }
  });
}

const statisticsOf = () => inferenceStatistics(getRuntime());

function countedOf(ctx: Ctx, { deployment }: Served, version: number) {
  return { projectId: ctx.projectId, deployment: deployment.name, version };
}

/** The champion stands in for a challenger that cannot answer. */
async function withStandIn<T>(served: Served, work: (candidate: Served["candidates"][0]) => Promise<T>): Promise<T> {
  const [first, second] = served.candidates;
  try {
    return await work(first);
  } catch (error) {
    if (second === undefined || !isAppError(error) || error.kind !== "unavailable") throw error;
    return work(second);
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

/** The images as the log keeps them: a byte for each fraction of white. */
function pixelsOf([input]: readonly RawTensor[]): Uint8Array {
  if (input === undefined) return new Uint8Array();
  const fractions = new Float32Array(Uint8Array.from(input.bytes).buffer);
  return new Uint8Array(Uint8ClampedArray.from(fractions, (fraction) => fraction * 255).buffer);
}

/** Each row is a prediction like any other. */
function digitsOf([output]: readonly RawTensor[]): Answer[] {
  if (output === undefined) return [];
  const probabilities = new Float32Array(Uint8Array.from(output.bytes).buffer);
  return Array.from({ length: probabilities.length / CLASS_COUNT }, (_, row) =>
    toAnswer(probabilities.subarray(row * CLASS_COUNT, (row + 1) * CLASS_COUNT)),
  );
}
