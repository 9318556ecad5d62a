import { getRuntime } from "#lib/platform/runtime.ts";
import { bucketOf } from "#lib/serving/assignment/bucket.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import type { Turn } from "#lib/serving/traffic/live-deployment.ts";
import { type ShadowOutcome, shadowTally } from "#lib/serving/traffic/shadow-tally.ts";
import type { KeptVersion, WarmVersion } from "#lib/serving/version-pool.ts";

/** Requests that shadows work on in this process, all together. More are shed. */
const MOST_AT_ONCE = 4;
/** Images of callers that wait for their model: from here on shadows get nothing. */
const CALLERS_WAIT = 32;
/** An answer that takes longer counts as failed. */
const DEADLINE_MS = 2_000;

/**
 * Gives the inputs of an answered request to the deployment's shadows, behind the reply: nobody waits for them and nobody gets
 * their answers, they are compared and counted. Sampled by the request's id, so not by who asks.
 *
 * @param answered what callers got, in the order of `inputs`
 */
export function mirror(
  turn: Turn,
  requestId: string,
  request: { inputs: readonly Uint8Array[]; answered: readonly number[]; model: WarmVersion },
): void {
  for (const { share, kept } of turn.shadows) {
    const isSampled = share >= 1 || bucketOf(`${turn.deployment.id}:shadow:${kept.ref.version}`, requestId) < share;
    if (!isSampled || request.inputs.length === 0) continue;
    void compare(turn, kept, request);
  }
}

async function compare(turn: Turn, kept: KeptVersion, request: Parameters<typeof mirror>[2]): Promise<void> {
  const runtime = getRuntime();
  const busy = runtime.singleton("serving.shadows", () => ({ requests: 0 }));
  const { warm } = kept;
  const count = (outcome: ShadowOutcome, by: number) => {
    const { deployment, generation } = turn;
    const { version, name } = kept.ref;
    const labels = { deployment: deployment.name, model: name, version: String(version), outcome };
    servingMetrics(runtime).shadows.inc(labels, by);
    shadowTally(runtime).add({ deploymentId: deployment.id, generation, version }, outcome, by);
  };
  const { inputs, answered, model } = request;
  if (busy.requests >= MOST_AT_ONCE || model.batcher.waiting() >= CALLERS_WAIT) {
    count("shed", inputs.length);
    return;
  }
  busy.requests += 1;
  kept.hold();
  const start = performance.now();
  try {
    if (warm === undefined) throw new Error("the shadow is not loaded");
    const outputs = await Promise.all(inputs.map((input) => warm.batcher.predict(input)));
    if (performance.now() - start > DEADLINE_MS) {
      count("failed", inputs.length);
      return;
    }
    const agreed = outputs.filter((output, index) => output.indexOf(Math.max(...output)) === answered[index]).length;
    count("agreed", agreed);
    count("differed", inputs.length - agreed);
  } catch {
    count("failed", inputs.length);
  } finally {
    busy.requests -= 1;
    kept.release();
  }
}
