import { dutyConflict, type Standing, thresholdsOf } from "#lib/approvals/eligibility.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { type Actor, actorName, personOf } from "#lib/platform/ctx.ts";
import { ForbiddenError, InvalidError } from "#lib/platform/errors.ts";

/** A second factor counts as given now for so long, unless the policy's re-authentication is shorter. */
const SECOND_FACTOR_MINUTES = 15;

/** The person that an actor stands for; a key of nobody's stands for itself. */
export function whoIs(actor: Actor): string {
  return personOf(actor) ?? actorName(actor);
}

export function isRequester(row: Pick<RequestRow, "requestedBy">, actor: Actor): boolean {
  return row.requestedBy === whoIs(actor);
}

/** Why somebody's review would not count; null: it does. In words for them. */
export function whyNotReviewer(row: RequestRow, standing: Standing | undefined): { code: string; why: string } | null {
  if (standing === undefined || standing.role === null) {
    return { code: "not_eligible", why: "Only members of the project review." };
  }
  const conflict = dutyConflict(row, standing.id);
  if (conflict !== null) {
    const why = conflict === "requester" ? "You asked for it" : "You contributed to it";
    return { code: "separation_of_duties", why: `${why}: somebody else has to review.` };
  }
  return thresholdsOf(row.policy.body, standing).length > 0
    ? null
    : { code: "not_eligible", why: "The policy does not ask you for a review." };
}

/**
 * @returns the thresholds that a review counts for
 * @throws ForbiddenError `review_needs_person` | `separation_of_duties` | `not_eligible`
 */
export function requireReviewer(row: RequestRow, actor: Actor, standing: Standing | undefined): string[] {
  const isService = standing?.kind === "service";
  if (actor.type !== "user" && !isService) {
    throw new ForbiddenError("People review signed in, not with an API key.", {
      code: "review_needs_person",
      details: [
        {
          field: "reviewer",
          problem: "is an API key",
          remedy: "Review in the console; or name a service account in the policy and use its key.",
        },
      ],
    });
  }
  const whyNot = whyNotReviewer(row, standing);
  if (whyNot !== null || standing === undefined) {
    const { code, why } = whyNot ?? { code: "not_eligible", why: "Only members of the project review." };
    throw new ForbiddenError(why, {
      code,
      details: [{ field: "reviewer", problem: why, remedy: "The request names who could review it." }],
    });
  }
  return thresholdsOf(row.policy.body, standing);
}

/**
 * What the policy asks of the reviewer's session. A service account, which a policy names, has none to prove.
 *
 * @throws ForbiddenError `reauthentication_required` | `second_factor_required`
 */
export function requireProof(
  actor: Actor,
  asked: { reauthenticateMinutes?: number | undefined; secondFactor: boolean },
  now: Date,
): void {
  if (actor.type !== "user") return;
  const within = (at: Date | undefined, minutes: number) =>
    at !== undefined && now.getTime() - at.getTime() <= minutes * 60_000;
  const { reauthenticateMinutes } = asked;
  if (reauthenticateMinutes !== undefined && !within(actor.authenticatedAt, reauthenticateMinutes)) {
    throw new ForbiddenError("Prove again who you are before this.", {
      code: "reauthentication_required",
      details: [
        {
          field: "session",
          problem: `the last proof is more than ${reauthenticateMinutes} minutes old`,
          remedy: "POST /api/session/re-authenticate with your password, or sign in again.",
        },
      ],
    });
  }
  if (asked.secondFactor && !within(actor.secondFactorAt, reauthenticateMinutes ?? SECOND_FACTOR_MINUTES)) {
    throw new ForbiddenError("This needs your second factor.", {
      code: "second_factor_required",
      details: [
        {
          field: "session",
          problem: "no code of a second factor was given lately",
          remedy: "POST /api/session/re-authenticate with a code; enrol a second factor first if you have none.",
        },
      ],
    });
  }
}

/** @throws InvalidError */
export function requireComment(comment: string, why: string): void {
  if (comment.trim() === "") {
    throw new InvalidError(why, { details: [{ field: "comment", problem: "is empty", remedy: "Say why." }] });
  }
}

/** @throws ForbiddenError neither who asked nor an admin */
export function requireRequester(row: RequestRow, actor: Actor, options: { orAdmin: boolean }): void {
  if (isRequester(row, actor) || (options.orAdmin && hasScope(actor.scopes, "admin"))) return;
  const who = options.orAdmin ? "who asked, or an admin," : "who asked";
  throw new ForbiddenError(`Only ${who} can do this.`, {
    code: "not_requester",
    details: [{ field: "requester", problem: "is somebody else", remedy: "Ask them, or make a request of your own." }],
  });
}
