import { findSecondFactor, type SecondFactorRow, takeRecoveryCode, takeStep } from "#lib/auth/store/second-factors.ts";
import { openTotpSecret, recoveryHash, stepOf } from "#lib/auth/totp.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ForbiddenError, LimitExceededError } from "#lib/platform/errors.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import { getRuntime } from "#lib/platform/runtime.ts";

/**
 * Takes a code of the person's authenticator, or one of their recovery codes: each works once. Returns false for a
 * wrong code. Of one person five guesses are looked at, then two a minute, whatever else is right.
 *
 * @throws LimitExceededError too many guesses
 */
export async function takeCode(ctx: Ctx, userId: string, code: string): Promise<boolean> {
  limitGuesses(userId);
  return withTransaction(ctx, async (tx) => {
    const user = await findSecondFactor(tx.db, userId);
    if (user?.totpSecret == null || user.totpEnrolledAt === null) return false;
    const step = stepOf(openTotpSecret(user.totpSecret, userId), code.trim(), ctx.clock.now());
    if (step !== null) return takeStep(tx.db, userId, step);
    return takeRecovery(tx, user, code);
  });
}

async function takeRecovery(tx: Tx, user: SecondFactorRow, code: string): Promise<boolean> {
  if (!(await takeRecoveryCode(tx.db, user.id, recoveryHash(code)))) return false;
  const detail = { left: user.recoveryCodes.length - 1 };
  audit(tx, {
    ...{ chain: "instance", action: "second_factor.use_recovery_code", subject: `user:${user.id}` },
    ...{ actor: `user:${user.id}`, detail },
  });
  return true;
}

/** @throws LimitExceededError */
export function limitGuesses(userId: string): void {
  const limiter = rateLimiter(getRuntime(), "auth.codes", { perSecond: 1 / 30, burst: 5 });
  const waitSeconds = limiter.take(userId);
  if (waitSeconds > 0) {
    throw new LimitExceededError("limit_exceeded", "Too many codes were tried. Wait half a minute.", {
      code: "rate_limited",
      retryAfterSeconds: Math.ceil(waitSeconds),
    });
  }
}

export function wrongCode(): ForbiddenError {
  return new ForbiddenError("That code is not right, or was used before.", {
    code: "wrong_code",
    details: [{ field: "code", problem: "does not match", remedy: "Type the code that your authenticator shows now." }],
  });
}
