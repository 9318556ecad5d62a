import type { RunDetail } from "#lib/tracking/schemas.ts";
import { isRunOver } from "#lib/tracking/status.ts";
import type { Reproduction, ReproductionDifference } from "#lib/training/schemas.ts";

/** Test accuracies this far apart, 0..1, still count as the same result; losses may be five times as far apart, in nats. */
export const TOLERANCE = 0.002;
const LOSS_TOLERANCE = 5 * TOLERANCE;

type Judged = Pick<Reproduction, "verdict" | "message" | "differences" | "digest">;

/** What training the model again has shown, and what was not the same. Pure. */
export function judgeReproduction(original: { run: RunDetail; digest: string | null }, again: RunDetail): Judged {
  const digest = again.artifacts.find((artifact) => artifact.path === "model/model.onnx")?.digest ?? null;
  if (!isRunOver(again.status)) {
    return { verdict: null, message: `The run is ${again.status}.`, differences: [], digest };
  }
  if (again.status !== "FINISHED" || digest === null) {
    const why = again.error?.message ?? `it is ${again.status}`;
    return { verdict: "failed", message: `The run did not finish: ${why}`, differences: [], digest };
  }
  const circumstances = circumstancesOf(original.run, again);
  if (digest === original.digest) {
    const message = "The same model: its ONNX file is identical, bit for bit.";
    return { verdict: "identical", message, differences: circumstances, digest };
  }
  const metrics = ["test_accuracy", "test_loss", "calibration_error"].flatMap((key) => {
    const [before, after] = [original.run.metrics[key]?.value, again.metrics[key]?.value];
    return before === after ? [] : [{ what: key, original: String(before), again: String(after) }];
  });
  const isEquivalent =
    isWithin(original.run, again, "test_accuracy", TOLERANCE) &&
    isWithin(original.run, again, "test_loss", LOSS_TOLERANCE);
  const cause = circumstances.map(({ what }) => what).join(", ") || "nothing that is on record";
  return {
    verdict: isEquivalent ? "equivalent" : "different",
    message: isEquivalent
      ? `Other bits, the same result: test accuracy within ${TOLERANCE}. What was not the same: ${cause}.`
      : `Another result: test accuracy or loss lie further apart than ${TOLERANCE}. What was not the same: ${cause}.`,
    differences: [...metrics, ...circumstances],
    digest,
  };
}

function isWithin(a: RunDetail, b: RunDetail, key: string, tolerance: number): boolean {
  const [before, after] = [a.metrics[key]?.value, b.metrics[key]?.value];
  return typeof before === "number" && typeof after === "number" && Math.abs(before - after) <= tolerance;
}

/** Of the same spec and data, what else decides the weights: code, engine, its build and its threads. */
const CIRCUMSTANCES = {
  "code.revision": "code revision",
  engine: "engine",
  "engine.build": "engine build",
  "engine.threads": "engine threads",
  "dataset.digest": "dataset digest",
};

function circumstancesOf(original: RunDetail, again: RunDetail): ReproductionDifference[] {
  return Object.entries(CIRCUMSTANCES).flatMap(([tag, what]) => {
    const [before, after] = [original.tags[tag] ?? "not on record", again.tags[tag] ?? "not on record"];
    return before === after ? [] : [{ what, original: before, again: after }];
  });
}
