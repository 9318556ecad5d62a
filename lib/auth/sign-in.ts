import { openSession } from "#lib/auth/open-session.ts";
import { verifyPassword } from "#lib/auth/password.ts";
import { SignInInput } from "#lib/auth/schemas.ts";
import { takeCode } from "#lib/auth/second-factor-code.ts";
import { insertDeniedAttempt } from "#lib/auth/store/denied-attempts.ts";
import { findUserByEmail, reserveSignIn } from "#lib/auth/store/users.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { UnauthenticatedError } from "#lib/platform/errors.ts";

/** One answer for a wrong password, an unknown account and one that pauses: it tells nothing of which accounts exist. */
export const SIGN_IN_REFUSED =
  "That e-mail address and password do not match. After several failures an account pauses for a while: wait a minute, then try again.";

export interface SignedIn {
  /** What the cookie's token carries. */
  sid: string;
  userId: string;
  expiresAt: Date;
  mustChangePassword: boolean;
}

/** The password was right; the sign-in page asks for a code as well. Programs look at the code, `code_required`. */
export const CODE_REQUIRED = "code_required";

/**
 * Opens a session for an e-mail address and a password, and a code of the person's second factor where they have one.
 *
 * @throws UnauthenticatedError with the same message, after the same time, whatever was wrong; `code_required` or
 *   `wrong_code` when it is only the code that lacks
 */
export async function signIn(
  ctx: Ctx,
  input: SignInInput & { code?: string | undefined; userAgent?: string | undefined },
): Promise<SignedIn> {
  const parsed = SignInInput.safeParse({ email: input.email, password: input.password });
  const credentials = parsed.success ? parsed.data : { email: "", password: "" };
  const now = ctx.clock.now();

  const user = await findUserByEmail(ctx.db, credentials.email);
  // At the same time, so that counting the attempt does not tell that there is something to count.
  const [mayTry, matches] = await Promise.all([
    user !== null && reserveSignIn(ctx.db, user.id, now),
    verifyPassword(user?.passwordHash, credentials.password),
  ]);
  if (user === null || !mayTry || !matches) {
    await insertDeniedAttempt(ctx.pool, {
      at: now,
      actor: user === null ? "anonymous" : `user:${user.id}`,
      ip: ctx.ip ?? null,
      action: "session.create",
      reason: user !== null && !mayTry ? "locked" : "wrong_credentials",
      requestId: ctx.requestId,
    });
    throw new UnauthenticatedError(SIGN_IN_REFUSED, { code: "sign_in_refused" });
  }
  const hasSecondFactor = user.totpEnrolledAt !== null;
  if (hasSecondFactor) await requireCode(ctx, user.id, input.code);

  const { sid, expiresAt } = await withTransaction(ctx, (tx) =>
    openSession(tx, { userId: user.id, method: "password", hasSecondFactor, userAgent: input.userAgent }),
  );
  return { sid, userId: user.id, expiresAt, mustChangePassword: user.mustChangePassword };
}

/** The attempt stays counted: who knows the password may not guess codes without end. */
async function requireCode(ctx: Ctx, userId: string, code: string | undefined): Promise<void> {
  if (code === undefined || code === "") {
    throw new UnauthenticatedError("Your authenticator's code is needed as well.", { code: CODE_REQUIRED });
  }
  if (await takeCode(ctx, userId, code)) return;
  await insertDeniedAttempt(ctx.pool, {
    at: ctx.clock.now(),
    actor: `user:${userId}`,
    ip: ctx.ip ?? null,
    action: "session.create",
    reason: "wrong_code",
    requestId: ctx.requestId,
  });
  throw new UnauthenticatedError("That code is not right, or was used before.", { code: "wrong_code" });
}
