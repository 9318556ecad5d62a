/** Why something was refused, by the code that the record keeps. */
const WORDS: Readonly<Record<string, string>> = {
  unauthenticated: "No sign-in and no key",
  invalid_key: "The key is unknown, revoked or over",
  invalid_authorization: "The header Authorization could not be read",
  forbidden: "The role or key lacks the scope",
  wrong_credentials: "Address and password do not match",
  locked: "The account paused after several failures",
  sign_in_refused: "Address and password do not match, or the account paused",
  wrong_password: "The password is wrong, or the account paused",
  wrong_code: "The code of the second factor is wrong",
  code_required: "No code of the second factor was given",
  password_change_due: "The first password has to be changed first",
  reauthentication_required: "The last proof of who it is was too long ago",
  second_factor_required: "The session gave no code of a second factor lately",
  unknown_host: "The server does not answer to that host name",
  foreign_origin: "The request came from a page of another origin",
  approval_required: "It moves only by an approved request",
  approval_not_usable: "The approval does not fit what was asked",
  separation_of_duties: "Whoever asked for it or made it does not review it",
  not_eligible: "The policy does not name them as a reviewer",
  not_requester: "Only who asked, or an admin",
  review_needs_person: "A key does not review",
  break_glass_not_allowed: "The policy allows no break-glass",
  break_glass_not_granted: "They lack the grant to break glass",
  break_glass_needs_person: "A key does not break glass",
  other_address: "The invitation is for another address",
  no_email: "The provider told no e-mail address",
  email_unverified: "The provider does not vouch for the e-mail address",
  sign_up_closed: "There is no account for who came through the provider",
  no_access: "No group of the provider gives access",
  account_disabled: "The account is disabled",
  not_a_person: "The account is a service account",
  oidc_failed: "The sign-in through the provider was not completed",
};

/** Null for a code that this version does not know. */
export function deniedWords(code: string): string | null {
  return Object.hasOwn(WORDS, code) ? (WORDS[code] ?? null) : null;
}
