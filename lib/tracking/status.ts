/** The life of a run, as data. Browser-safe. */
export const RUN_STATUSES = ["QUEUED", "RUNNING", "FINISHED", "FAILED", "CANCELLED"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What may follow what. FAILED and CANCELLED go back to QUEUED by a retry; FINISHED is final. */
export const RUN_TRANSITIONS: Record<RunStatus, readonly RunStatus[]> = {
  QUEUED: ["RUNNING", "CANCELLED", "FAILED"],
  // RUNNING to QUEUED: a worker that must stop hands its run back.
  RUNNING: ["FINISHED", "FAILED", "CANCELLED", "QUEUED"],
  FINISHED: [],
  FAILED: ["QUEUED"],
  CANCELLED: ["QUEUED"],
};

export function canRunBecome(from: RunStatus, to: RunStatus): boolean {
  return RUN_TRANSITIONS[from].includes(to);
}

/** No worker will touch the run again unless somebody retries it. */
export function isRunOver(status: RunStatus): boolean {
  return status === "FINISHED" || status === "FAILED" || status === "CANCELLED";
}

export function isRunActive(status: RunStatus): boolean {
  return status === "QUEUED" || status === "RUNNING";
}

export function canRunBeRetried(status: RunStatus): boolean {
  return RUN_TRANSITIONS[status].includes("QUEUED") && isRunOver(status);
}
