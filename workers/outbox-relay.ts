import { APPROVAL_REQUESTED, ApprovalRequested } from "#lib/approvals/events.ts";
import { EVIDENCE_REQUESTED } from "#lib/approvals/evidence/compute-evidence.job.ts";
import { NOTICE_PLANNED, sendNoticeJobId } from "#lib/approvals/notices/send-notice.job.ts";
import type { Queues } from "#lib/platform/queue/queues.ts";
import { type OutboxEvent, relayOutbox, sweepOutbox } from "#lib/platform/queue/relay.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { executeRunJobId } from "#lib/training/execute-run.job.ts";
import { type Background, startBackground } from "#workers/background.ts";
import { SUBSCRIPTIONS } from "#workers/events.processor.ts";
import { JOBS } from "#workers/jobs.ts";

const POLL_MS = 2_000;
const SWEEP_MS = 3_600_000;

/** Moves outbox events to the queue: woken by NOTIFY, and looking by itself where a notification was lost. */
export async function startOutboxRelay(runtime: Runtime, queues: Queues): Promise<Background> {
  let sweptAt = 0;
  const relay = startBackground({
    name: "outbox relay",
    everyMs: POLL_MS,
    logger: runtime.logger,
    async work() {
      const { taken, failed } = await relayOutbox(runtime, (event) => route(queues, event));
      if (failed > 0) {
        throw new Error(`${failed} of ${taken} events could not be handed to the queue`);
      }
      if (taken === 0 && Date.now() - sweptAt > SWEEP_MS) {
        sweptAt = Date.now();
        await sweepOutbox(runtime);
      }
      return taken > 0;
    },
  });
  const stopListening = await runtime.notify.listen("assay_outbox", () => relay.wake());
  return {
    wake: relay.wake,
    async stop() {
      stopListening();
      await relay.stop();
    },
  };
}

/** `run.queued` is a training job itself, a request also one for its evidence; what nobody subscribes to ends here. */
async function route(queues: Queues, event: OutboxEvent): Promise<void> {
  if (event.topic === APPROVAL_REQUESTED || event.topic === EVIDENCE_REQUESTED) {
    const wanted = ApprovalRequested.parse(event.payload);
    const again = event.topic === EVIDENCE_REQUESTED;
    await queues.add(JOBS.ComputeEvidence, { ...wanted, again }, { jobId: `evidence-${event.id}` });
  }
  if (event.topic === NOTICE_PLANNED) {
    const [projectId, noticeId] = [String(event.payload["projectId"]), String(event.payload["noticeId"])];
    await queues.add(JOBS.SendNotice, { projectId, noticeId }, { jobId: sendNoticeJobId(noticeId) });
  } else if (event.topic === "run.queued") {
    const { projectId, runId, attempt, failures, delayMs } = event.payload;
    await queues.add(
      JOBS.ExecuteRun,
      { projectId: String(projectId), runId: String(runId), failures: Number(failures ?? 0) },
      {
        jobId: executeRunJobId(String(runId), Number(attempt)),
        ...(typeof delayMs === "number" ? { delayMs } : {}),
      },
    );
  } else if (event.topic in SUBSCRIPTIONS) {
    const { id, topic, payload } = event;
    await queues.add(JOBS.HandleEvent, { outboxId: id, topic, payload }, { jobId: `outbox-${id}` });
  }
}
