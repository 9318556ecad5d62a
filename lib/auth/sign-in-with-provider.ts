import { applyGroups, decidesInstanceRole, grantedBy } from "#lib/auth/apply-groups.ts";
import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import type { ProviderPerson } from "#lib/auth/oidc-claims.ts";
import type { OidcConfig } from "#lib/auth/oidc-config.ts";
import { OIDC_REFUSALS, type OidcRefusal } from "#lib/auth/oidc-refusals.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { insertDeniedAttempt } from "#lib/auth/store/denied-attempts.ts";
import { findIdentityUser, lockPerson, seeIdentity } from "#lib/auth/store/identities.ts";
import { findUserByEmail, insertUser, lockActiveAdmins, type UserRow } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ForbiddenError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";

interface ProviderSignIn {
  person: ProviderPerson;
  config: OidcConfig;
  userAgent?: string | undefined;
}

/** A refusal is an outcome, not an exception: what the groups took away stays taken away. */
type Outcome = { sid: string } | { refused: OidcRefusal; userId?: string };

/**
 * Opens a session for a person that the provider has vouched for, and sets anew what their groups give.
 *
 * An account is found by the provider's own id of the person. By e-mail address only where the provider vouches for it,
 * or whoever can choose an address there could take over an account here.
 *
 * @throws ForbiddenError with a code of `OIDC_REFUSALS`
 */
export async function signInWithProvider(ctx: Ctx, input: ProviderSignIn): Promise<{ sid: string }> {
  const outcome = await withTransaction(ctx, (tx) => admit(tx, input));
  if ("sid" in outcome) return outcome;
  await insertDeniedAttempt(ctx.pool, {
    at: ctx.clock.now(),
    actor: outcome.userId === undefined ? "anonymous" : `user:${outcome.userId}`,
    ip: ctx.ip ?? null,
    action: "session.create",
    reason: outcome.refused,
    requestId: ctx.requestId,
  });
  throw new ForbiddenError(OIDC_REFUSALS[outcome.refused], { code: outcome.refused });
}

async function admit(tx: Tx, { person, config, userAgent }: ProviderSignIn): Promise<Outcome> {
  const { issuer, subject } = person;
  await lockPerson(tx.db, person.email ?? `${issuer} ${subject}`);
  // Two admins whose groups are gone must not both see the other one as the admin who is left.
  if (decidesInstanceRole(config)) await lockActiveAdmins(tx.db);
  const granted = grantedBy(config.roles, person.groups);
  const mayEnter = granted.instanceAdmin || granted.memberships.length > 0;
  const found = (await findIdentityUser(tx.db, person)) ?? (await accountOf(tx, person, config, mayEnter));
  if (typeof found === "string") return { refused: found };
  if (found.disabledAt !== null) return { refused: "account_disabled", userId: found.id };

  const { id: userId } = found;
  if (await seeIdentity(tx.db, { issuer, subject, userId }, tx.clock.now())) {
    const detail = { issuer, subject };
    audit(tx, {
      actor: `user:${userId}`,
      chain: "instance",
      action: "identity.link",
      subject: `user:${userId}`,
      detail,
    });
  }
  const mayAct = await applyGroups(tx, found, granted, config);
  // What other sessions of this person may do is out of date.
  await forgetSessions(tx, "");
  if (!mayAct) return { refused: "no_access", userId };
  return openSession(tx, { userId, method: "oidc", userAgent });
}

/** The account with this e-mail address, or a new one. */
async function accountOf(
  tx: Tx,
  person: ProviderPerson,
  config: OidcConfig,
  mayEnter: boolean,
): Promise<UserRow | OidcRefusal> {
  const { email, emailVerified } = person;
  if (email === undefined) return "no_email";
  const present = await findUserByEmail(tx.db, email);
  if (present !== null) {
    if (emailVerified !== true) return "email_unverified";
    return present.kind === "person" ? present : "not_a_person";
  }
  if (!config.allowSignUp) return "sign_up_closed";
  // Some providers never say; one that says no is believed.
  if (emailVerified === false) return "email_unverified";
  if (!mayEnter) return "no_access";
  const user = await insertUser(tx.db, { id: newId("usr"), email, name: person.name, role: "user" });
  audit(tx, {
    ...{ actor: `user:${user.id}`, chain: "instance", action: "user.create", subject: `user:${user.id}` },
    detail: { role: user.role, source: "oidc" },
    personal: { email, name: user.name },
  });
  return user;
}
