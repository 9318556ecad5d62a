import type { Ctx } from "#lib/platform/ctx.ts";

export async function insertDeniedAttempt(
  pool: Ctx["pool"],
  attempt: { at: Date; actor: string; ip: string | null; action: string; reason: string; requestId: string },
): Promise<void> {
  await pool.query(
    "INSERT INTO denied_attempt (at, actor, ip, action, reason, request_id) VALUES ($1, $2, $3, $4, $5, $6)",
    [attempt.at, attempt.actor, attempt.ip, attempt.action, attempt.reason, attempt.requestId],
  );
}
