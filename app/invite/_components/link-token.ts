/** Over the sign-in and back: the address of the sign-in page must not hold the secret. */
const KEPT = "assay_invitation";

/** The secret of the link that was opened in this tab; null when there is none. */
export function linkToken(): string | null {
  const token = window.location.hash.slice(1);
  if (token === "") return sessionStorage.getItem(KEPT);
  sessionStorage.setItem(KEPT, token);
  return token;
}

export function forgetLinkToken(): void {
  sessionStorage.removeItem(KEPT);
}
