import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError, UnauthenticatedError } from "#lib/platform/errors.ts";

const RECENT_MS = 15 * 60_000;

/** @throws UnauthenticatedError not a person with a session */
export function requirePerson(ctx: Pick<Ctx, "actor">): Actor & { type: "user" } {
  if (ctx.actor.type !== "user") {
    throw new UnauthenticatedError("Only a signed-in person can do this, not an API key.");
  }
  return ctx.actor;
}

/**
 * For what a stolen session must not be enough for: the person has proved within 15 minutes who they are.
 *
 * @throws ForbiddenError `reauthentication_required`
 */
export function requireRecentProof(ctx: Pick<Ctx, "actor" | "clock">): void {
  const { authenticatedAt } = requirePerson(ctx);
  if (authenticatedAt !== undefined && ctx.clock.now().getTime() - authenticatedAt.getTime() <= RECENT_MS) {
    return;
  }
  throw new ForbiddenError("Prove again who you are before this.", {
    code: "reauthentication_required",
    details: [
      {
        field: "session",
        problem: "the last proof is more than 15 minutes old",
        remedy: "POST /api/session/re-authenticate with your password, or sign in again.",
      },
    ],
  });
}

/**
 * The same for what keys and the machine's own commands may do as well. There is nobody to ask then, and a key that could do
 * it was made by somebody who had just proved who they are.
 *
 * @throws ForbiddenError `reauthentication_required`
 */
export function requireRecentProofOfPerson(ctx: Pick<Ctx, "actor" | "clock">): void {
  if (ctx.actor.type === "user") requireRecentProof(ctx);
}
