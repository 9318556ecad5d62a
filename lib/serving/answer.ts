import type { Ctx } from "#lib/platform/ctx.ts";
import { actorName } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { predictionLog } from "#lib/serving/prediction-log.ts";
import { logInput } from "#lib/serving/predictions/input-code.ts";
import type { Answer, ServedModel } from "#lib/serving/schemas.ts";
import type { Turn } from "#lib/serving/traffic/live-deployment.ts";
import type { ArmName, Routed } from "#lib/serving/traffic/schemas.ts";

/** The most probable class and its probability. The rounding to 6 decimals is for people and for the wire. */
export function toAnswer(probabilities: Float32Array): Answer {
  let prediction = 0;
  for (let digit = 1; digit < probabilities.length; digit++) {
    if ((probabilities[digit] ?? 0) > (probabilities[prediction] ?? 0)) prediction = digit;
  }
  const rounded = Array.from(probabilities, (value) => Math.round(value * 1e6) / 1e6);
  return { prediction, confidence: rounded[prediction] ?? 0, probabilities: rounded };
}

/** How the answer was routed, for the reply. */
export function routedOf(turn: Turn, arm: ArmName): Routed {
  const { deployment, generation, assigned, stickyBy } = turn;
  return { name: deployment.name, generation, arm, assigned, stickyBy };
}

/** Counts an answer and puts its row into the log. `input` is what the model saw, `item` its place within a batch. */
export function recordAnswer(
  ctx: Ctx,
  answer: Answer,
  served: {
    turn: Omit<Turn, "answer" | "shadows">;
    arm: ArmName;
    model: ServedModel;
    latencyMs: number;
    input: Uint8Array;
    item: number;
  },
): void {
  const { turn, arm, model, latencyMs, input, item } = served;
  const runtime = getRuntime();
  const metrics = servingMetrics(runtime);
  const deployment = turn.deployment.name;
  const labels = { model: model.name, version: String(model.version) };
  const { assigned } = turn;
  metrics.predictions.inc({ ...labels, class: String(answer.prediction), deployment, arm, assigned });
  metrics.confidence.observe(labels, answer.confidence);
  predictionLog().add({
    id: newId("pr"),
    projectId: ctx.projectId,
    requestId: ctx.requestId,
    item,
    deployment,
    modelName: model.name,
    modelVersion: model.version,
    armAssigned: assigned,
    armServed: arm,
    generation: turn.generation,
    actor: actorName(ctx.actor),
    at: ctx.clock.now().toISOString(),
    prediction: answer.prediction,
    confidence: answer.confidence,
    probabilities: answer.probabilities,
    latencyMs,
    ...logInput(input, runtime.env.ASSAY_PREDICTION_INPUTS),
  });
}
