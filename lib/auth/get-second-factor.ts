import type { SecondFactorStatus } from "#lib/auth/second-factor-schemas.ts";
import { requirePerson } from "#lib/auth/step-up.ts";
import { findSecondFactor } from "#lib/auth/store/second-factors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The actor's own second factor, and what this session has proved. */
export async function getSecondFactor(ctx: Ctx): Promise<SecondFactorStatus> {
  const actor = requirePerson(ctx);
  const user = await findSecondFactor(ctx.db, actor.id);
  return {
    enrolledAt: user?.totpEnrolledAt?.toISOString() ?? null,
    recoveryCodesLeft: user?.recoveryCodes.length ?? 0,
    hasPassword: user?.passwordHash != null,
    authenticatedAt: actor.authenticatedAt?.toISOString() ?? null,
    secondFactorAt: actor.secondFactorAt?.toISOString() ?? null,
  };
}
