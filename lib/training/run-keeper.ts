import type { Ctx } from "#lib/platform/ctx.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { NotifyHub } from "#lib/platform/notify.ts";
import type { Attempt } from "#lib/training/fenced.ts";
import { HEARTBEAT_MS, SILENCE_MS } from "#lib/training/liveness.ts";
import { beat } from "#lib/training/store/jobs.ts";

/** Why a run's work ends early: somebody cancelled it, the worker stops, or another attempt has it. */
export type StopReason = "cancelled" | "shutdown" | "lost";

/** Says that this attempt is alive, and listens for what ends it. */
export interface RunKeeper {
  /** Aborted with a {@link StopReason}. */
  signal: AbortSignal;
  reason(): StopReason | undefined;
  close(): void;
}

/** A worker that could not say that it lives for this long may be taken for dead any moment: it stops by itself. */
const GIVE_UP_MS = SILENCE_MS - 4 * HEARTBEAT_MS;

export async function keepRun(
  ctx: Ctx,
  attempt: Attempt,
  options: { hub: NotifyHub; shutdown: AbortSignal },
): Promise<RunKeeper> {
  const controller = new AbortController();
  let reason: StopReason | undefined;
  const stop = (why: StopReason) => {
    reason ??= why;
    controller.abort(reason);
  };
  let heardAt = Date.now();
  let isBeating = false;

  const tick = async () => {
    if (isBeating || controller.signal.aborted) return;
    isBeating = true;
    try {
      const state = await beat(ctx, attempt.runId, attempt.attempt);
      heardAt = Date.now();
      if (state === null) stop("lost");
      else if (state.isCancelled) stop("cancelled");
    } catch (error) {
      ctx.logger.warn({ runId: attempt.runId, error: messageOf(error) }, "the heartbeat was not written");
      if (Date.now() - heardAt > GIVE_UP_MS) stop("lost");
    } finally {
      isBeating = false;
    }
  };
  const timer = setInterval(() => void tick(), HEARTBEAT_MS);
  const onShutdown = () => stop("shutdown");
  options.shutdown.addEventListener("abort", onShutdown, { once: true });
  if (options.shutdown.aborted) onShutdown();
  // The notification is a hint; the row decides.
  const deafen = await options.hub.listen("assay_cancel", (payload) => {
    if (payload === attempt.runId || payload === "") void tick();
  });

  return {
    signal: controller.signal,
    reason: () => reason,
    close() {
      clearInterval(timer);
      options.shutdown.removeEventListener("abort", onShutdown);
      deafen();
    },
  };
}
