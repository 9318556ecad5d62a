import { TrainingError } from "#lib/engine/child/protocol.ts";
import type { Evaluation } from "#lib/engine/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError, messageOf } from "#lib/platform/errors.ts";
import { emit } from "#lib/platform/outbox.ts";
import { logMetrics, setRunStatus, setTags } from "#lib/tracking/index.ts";
import { type Attempt, fenced } from "#lib/training/fenced.ts";
import type { StopReason } from "#lib/training/run-keeper.ts";
import { releaseJob, updateEvaluation } from "#lib/training/store/jobs.ts";

/** What became of a run that a worker took up. */
export type RunOutcome =
  | { outcome: "finished" | "cancelled" | "handed-back" | "lost" }
  | { outcome: "skipped"; reason: string }
  | { outcome: "failed"; error: unknown }
  | { outcome: "retried"; error: unknown };

/** A failure that may pass is tried this often in all. */
const TRIES = 3;
const RETRY_AFTER_MS = 3_000;

/**
 * The last write of a run that went well: test metrics, evaluation, FINISHED, and the event, in one transaction.
 *
 * @throws RunLostError another attempt has the run
 */
export async function finishRun(ctx: Ctx, attempt: Attempt, epochs: number, evaluation: Evaluation): Promise<void> {
  const { runId } = attempt;
  await fenced(ctx, attempt, async (tx) => {
    const at = tx.clock.now().getTime();
    const values = {
      test_accuracy: evaluation.accuracy,
      test_loss: evaluation.loss,
      calibration_error: evaluation.calibrationError,
    };
    const points = Object.entries(values).map(([key, value]) => ({ key, step: epochs, at, value }));
    await logMetrics(tx, { runId, points });
    await updateEvaluation(tx, runId, evaluation);
    await releaseJob(tx, runId, { fence: false });
    await setTags(tx, { runId, tags: { message: null } });
    await setRunStatus(tx, { runId, to: "FINISHED" });
    await emit(tx, "run.finished", { projectId: tx.projectId, runId });
  });
}

/**
 * Settles a run that did not get to its end: CANCELLED when somebody wanted that; back in the queue when the worker stops
 * or the failure may pass; else FAILED with the error's code and message.
 */
export async function settleBrokenRun(
  ctx: Ctx,
  attempt: Attempt,
  how: { reason: StopReason | undefined; error: unknown; failures: number },
): Promise<RunOutcome> {
  if (how.reason === "cancelled") {
    await close(ctx, attempt, "CANCELLED");
    return { outcome: "cancelled" };
  }
  if (how.reason === "shutdown") {
    await requeue(ctx, attempt, { failures: how.failures });
    return { outcome: "handed-back" };
  }
  const failures = how.failures + 1;
  if (isRetryable(how.error) && failures < TRIES) {
    const message = `Attempt ${attempt.attempt} failed and will be repeated: ${messageOf(how.error)}`.slice(0, 2_000);
    await requeue(ctx, attempt, { failures, delayMs: RETRY_AFTER_MS * failures, message });
    return { outcome: "retried", error: how.error };
  }
  await close(ctx, attempt, "FAILED", { code: codeOf(how.error), message: messageOf(how.error).slice(0, 2_000) });
  return { outcome: "failed", error: how.error };
}

/** Bad data or shapes fail the same way every time; a child that died or a mirror that is away may not. */
function isRetryable(error: unknown): boolean {
  if (error instanceof TrainingError) {
    return error.retryable;
  }
  return isAppError(error) ? error.kind === "unavailable" : true;
}

function codeOf(error: unknown): string {
  return error instanceof TrainingError || isAppError(error) ? error.code : "internal";
}

async function close(
  ctx: Ctx,
  attempt: Attempt,
  to: "FAILED" | "CANCELLED",
  error?: { code: string; message: string },
): Promise<void> {
  const { runId } = attempt;
  await fenced(ctx, attempt, async (tx) => {
    await releaseJob(tx, runId, { fence: true });
    await setTags(tx, { runId, tags: { message: null } });
    await setRunStatus(tx, { runId, to, ...(error === undefined ? {} : { error }) });
    await emit(tx, to === "FAILED" ? "run.failed" : "run.cancelled", { projectId: tx.projectId, runId });
  });
}

async function requeue(
  ctx: Ctx,
  attempt: Attempt,
  how: { failures: number; delayMs?: number; message?: string },
): Promise<void> {
  const { runId } = attempt;
  await fenced(ctx, attempt, async (tx) => {
    await releaseJob(tx, runId, { fence: false });
    await setTags(tx, { runId, tags: { message: how.message ?? null } });
    await setRunStatus(tx, { runId, to: "QUEUED" });
    await emit(tx, "run.queued", {
      projectId: tx.projectId,
      runId,
      attempt: attempt.attempt,
      failures: how.failures,
      ...(how.delayMs === undefined ? {} : { delayMs: how.delayMs }),
    });
  });
}
