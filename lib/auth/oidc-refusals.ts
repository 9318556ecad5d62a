/** Browser-safe: why a sign-in through the provider was refused, as the sign-in page tells it. */
export const OIDC_REFUSALS = {
  no_email: "The provider does not tell your e-mail address. An admin asks it for the scope email.",
  email_unverified:
    "There is an account with your e-mail address, but the provider does not vouch that the address is yours. Verify it with the provider, then try again.",
  sign_up_closed: "There is no account for you. Ask an admin for an invitation.",
  no_access:
    "You are known, but none of your groups gives access, and nobody has added you to a project. Ask an admin.",
  account_disabled: "Your account is disabled. Ask an admin.",
  not_a_person: "The account with your e-mail address is a service account.",
  oidc_failed: "The sign-in through the provider was not completed. Try again.",
} as const;
export type OidcRefusal = keyof typeof OIDC_REFUSALS;

/** The text for `?error=` of the sign-in page; next-auth's own codes all mean that the exchange went wrong. */
export function refusalText(code: string): string {
  return Object.hasOwn(OIDC_REFUSALS, code) ? OIDC_REFUSALS[code as OidcRefusal] : OIDC_REFUSALS.oidc_failed;
}
