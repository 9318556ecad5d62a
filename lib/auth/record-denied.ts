import { insertDeniedAttempt } from "#lib/auth/store/denied-attempts.ts";
import { actorName } from "#lib/platform/ctx.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { DeniedAttempt } from "#lib/platform/http/host.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** Writes a refusal down, behind the reply; of one address at most 20 at once and one a second. */
export function recordDenied(runtime: Runtime, attempt: DeniedAttempt): void {
  const limiter = rateLimiter(runtime, "auth.denied", { perSecond: 1, burst: 20 });
  const { actor, ip, action, reason, requestId } = attempt;
  if (limiter.take(ip ?? "unknown") > 0) {
    return;
  }
  const row = { at: runtime.clock.now(), actor: actorName(actor), ip: ip ?? null, action, reason, requestId };
  insertDeniedAttempt(runtime.pool, row).catch((error) => {
    runtime.logger.warn({ error: messageOf(error) }, "a refusal was not written down");
  });
}
