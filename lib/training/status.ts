/** The life of a strategy's group of runs, as data. Browser-safe. A run's own states are in `tracking/status.ts`. */
export const STRATEGY_STATUSES = ["RUNNING", "FINISHED", "FAILED", "CANCELLED"] as const;
export type StrategyStatus = (typeof STRATEGY_STATUSES)[number];

/** A retried run opens its strategy again. */
const STRATEGY_TRANSITIONS: Record<StrategyStatus, readonly StrategyStatus[]> = {
  RUNNING: ["FINISHED", "FAILED", "CANCELLED"],
  FINISHED: ["RUNNING"],
  FAILED: ["RUNNING"],
  CANCELLED: ["RUNNING"],
};

export function canStrategyBecome(from: StrategyStatus, to: StrategyStatus): boolean {
  return STRATEGY_TRANSITIONS[from].includes(to);
}
