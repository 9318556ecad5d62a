import { ComputeEvidence } from "#lib/approvals/evidence/compute-evidence.job.ts";
import { SendNotice } from "#lib/approvals/notices/send-notice.job.ts";
import { HandleEvent } from "#lib/platform/queue/event.job.ts";
import { ExecuteRun } from "#lib/training/execute-run.job.ts";

/** Every kind of job there is. */
export const JOBS = { ComputeEvidence, ExecuteRun, HandleEvent, SendNotice } as const;
