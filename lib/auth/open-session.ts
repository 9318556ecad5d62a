import { insertSession } from "#lib/auth/store/sessions.ts";
import { markSignedIn } from "#lib/auth/store/users.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";

export const SESSION_DAYS = 7;

export interface OpenSession {
  userId: string;
  method: "password" | "oidc";
  /** A code of the second factor was given. */
  hasSecondFactor?: boolean;
  userAgent?: string | undefined;
}

/** Opens a session for a person who has just proved who they are; their failures no longer count. */
export async function openSession(tx: Tx, input: OpenSession): Promise<{ sid: string; expiresAt: Date }> {
  const now = tx.clock.now();
  const sid = newId("ses");
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 24 * 60 * 60 * 1_000);
  await markSignedIn(tx.db, input.userId, now);
  await insertSession(tx.db, {
    id: sid,
    userId: input.userId,
    createdAt: now,
    expiresAt,
    method: input.method,
    secondFactorAt: input.hasSecondFactor ? now : null,
    ip: tx.ip ?? null,
    userAgent: input.userAgent?.slice(0, 300) ?? null,
  });
  return { sid, expiresAt };
}
