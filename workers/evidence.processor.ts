import { computeEvidence } from "#lib/approvals/evidence/compute-evidence.ts";
import { isAppError, messageOf } from "#lib/platform/errors.ts";
import { UnrecoverableError } from "#lib/platform/queue/errors.ts";
import { JOBS } from "#workers/jobs.ts";
import { type Processor, processor } from "#workers/runner.ts";

/** Computes evidence, one at a time in a process: two at once would spoil each other's latencies. */
export function evidenceProcessor(): Processor {
  let before: Promise<unknown> = Promise.resolve();
  return processor(JOBS.ComputeEvidence, async ({ payload, ctx, logger }) => {
    const { projectId, ...input } = payload;
    const mine = before.then(() => computeEvidence(ctx(projectId), input));
    before = mine.catch(() => undefined);
    try {
      logger.info({ requestId: input.requestId, round: input.round, outcome: await mine }, "evidence job ended");
    } catch (error) {
      // What a version is, or lacks, stays so; a blob store or a database may come back.
      if (!isAppError(error) || error.kind === "unavailable") throw error;
      throw new UnrecoverableError(`no evidence for ${input.requestId}: ${messageOf(error)}`, { cause: error });
    }
  });
}
