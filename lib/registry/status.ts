/** Stages of a model version, as data. Browser-safe. */
export const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof STAGES)[number];

/** What may follow what. A version in Production leaves it only for the archive: another takes its place, or nobody does. */
export const STAGE_TRANSITIONS: Record<Stage, readonly Stage[]> = {
  None: ["Staging", "Production", "Archived"],
  Staging: ["None", "Production", "Archived"],
  Production: ["Archived"],
  // Back to Production is a rollback.
  Archived: ["None", "Staging", "Production"],
};

export function canStageBecome(from: Stage, to: Stage): boolean {
  return STAGE_TRANSITIONS[from].includes(to);
}

/** The alias that always names the Production version; set and cleared in the same transaction. */
export const CHAMPION = "champion";
