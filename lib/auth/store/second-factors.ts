import type { DbClient } from "#lib/platform/db.ts";

export interface SecondFactorRow {
  id: string;
  email: string;
  passwordHash: string | null;
  totpSecret: string | null;
  totpEnrolledAt: Date | null;
  recoveryCodes: string[];
}

export function findSecondFactor(db: DbClient, userId: string): Promise<SecondFactorRow | null> {
  const select = {
    id: true,
    email: true,
    passwordHash: true,
    totpSecret: true,
    totpEnrolledAt: true,
    recoveryCodes: true,
  };
  return db.user.findUnique({ where: { id: userId }, select });
}

/** Keeps a secret that is yet to be confirmed. Returns false when the person has a second factor already. */
export async function keepPendingSecret(db: DbClient, userId: string, totpSecret: string): Promise<boolean> {
  const where = { id: userId, totpEnrolledAt: null };
  return (await db.user.updateMany({ where, data: { totpSecret, totpLastStep: null } })).count === 1;
}

/** Returns false when another secret is pending by now, or one is confirmed. */
export async function confirmSecret(
  db: DbClient,
  which: { userId: string; totpSecret: string },
  data: { totpEnrolledAt: Date; totpLastStep: bigint; recoveryCodes: string[] },
): Promise<boolean> {
  const where = { id: which.userId, totpSecret: which.totpSecret, totpEnrolledAt: null };
  return (await db.user.updateMany({ where, data })).count === 1;
}

/** Uses a time step up. Returns false when it, or a later one, was used before. */
export async function takeStep(db: DbClient, userId: string, step: bigint): Promise<boolean> {
  const where = { id: userId, OR: [{ totpLastStep: null }, { totpLastStep: { lt: step } }] };
  return (await db.user.updateMany({ where, data: { totpLastStep: step } })).count === 1;
}

/** Uses a recovery code up. Returns false when there is none with this hash. */
export async function takeRecoveryCode(db: DbClient, userId: string, hash: string): Promise<boolean> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE user_account SET recovery_codes = array_remove(recovery_codes, ${hash})
    WHERE id = ${userId} AND ${hash} = ANY(recovery_codes) RETURNING id`;
  return rows.length === 1;
}

/** Returns false when there was none. */
export async function removeSecondFactor(db: DbClient, userId: string): Promise<boolean> {
  const data = { totpSecret: null, totpEnrolledAt: null, totpLastStep: null, recoveryCodes: [] };
  return (await db.user.updateMany({ where: { id: userId, totpSecret: { not: null } }, data })).count === 1;
}

export async function clearFailures(db: DbClient, userId: string): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { failedSignIns: 0, lockedUntil: null } });
}

/** When the person of this session proved who they are, and gave a second factor. */
export async function markProof(
  db: DbClient,
  session: { id: string; userId: string },
  data: { authenticatedAt?: Date; secondFactorAt?: Date | null },
): Promise<boolean> {
  return (await db.session.updateMany({ where: { ...session, revokedAt: null }, data })).count === 1;
}
