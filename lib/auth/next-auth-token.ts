import { decode } from "next-auth/jwt";

/** The one name of the session cookie, on both hosts, with and without TLS. */
export const SESSION_COOKIE = "assay.session";

/** The session id in a cookie's token; null when it is not ours, was altered, or is over. */
export async function sessionIdOf(token: string, secret: string): Promise<string | null> {
  try {
    const payload = await decode({ token, secret });
    const sid = payload?.["sid"];
    return typeof sid === "string" ? sid : null;
  } catch {
    return null;
  }
}
