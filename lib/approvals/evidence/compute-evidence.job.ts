import { z } from "zod";
import { defineJob } from "#lib/platform/queue/define-job.ts";

/** Somebody asks for the evidence of a round anew: it failed, or a gate finds it too old. */
export const EVIDENCE_REQUESTED = "approval.evidence_requested";

/** Computes the evidence of a request's round: seconds of work. Tried again over about five minutes. */
export const ComputeEvidence = defineJob({
  name: "compute-evidence",
  queue: "events",
  version: 1,
  payload: z.object({
    projectId: z.string(),
    requestId: z.string(),
    round: z.int().min(1),
    /** Also when there is evidence of this round already. */
    again: z.boolean().default(false),
  }),
  attempts: 7,
  backoffMs: 5_000,
});
