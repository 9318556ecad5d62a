import { protectedTargets } from "#app/(console)/approvals/protected-targets.ts";
import { listPolicies, listRequests } from "#lib/approvals/index.ts";
import { OPEN_STATES } from "#lib/approvals/status.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { STAGES, type Stage } from "#lib/registry/status.ts";

/** What of a model is protected, and what is asked for already. */
interface Protection {
  stages: Stage[];
  aliases: string[];
  /** Open requests to move a version into a protected stage. */
  open: { id: string; version: number; stage: Stage }[];
  /** The model's own policies protect nothing: those for every model do. */
  isGeneral: boolean;
}

export async function readProtection(ctx: Ctx, model: string): Promise<Protection> {
  const [policies, open] = await Promise.all([
    listPolicies(ctx),
    listRequests(ctx, { model, state: [...OPEN_STATES] }),
  ]);
  const targets = protectedTargets(policies, model);
  const stages = STAGES.filter((stage) => targets.includes(`stage:${stage}`));
  return {
    stages,
    aliases: targets.flatMap((target) => (target.startsWith("alias:") ? [target.slice("alias:".length)] : [])),
    open: open.items.flatMap(({ id, modelVersion, target }) =>
      stages.flatMap((stage) => (target === `stage:${stage}` ? [{ id, version: modelVersion, stage }] : [])),
    ),
    isGeneral: policies.every(({ modelName }) => modelName !== model) && targets.length > 0,
  };
}
