import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { SESSION_COOKIE } from "#lib/auth/next-auth-token.ts";
import { SESSION_DAYS } from "#lib/auth/open-session.ts";
import { resolveSession } from "#lib/auth/resolve-session.ts";
import { revokeSession } from "#lib/auth/revoke-session.ts";
import { signIn } from "#lib/auth/sign-in.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { createRateLimiter } from "#lib/platform/rate-limit.ts";
import { getRuntime, makeCtx } from "#lib/platform/runtime.ts";

/** The token says which session it is and nothing else; every request looks at the session's row. */
export function nextAuthOptions(): NextAuthOptions {
  const { ASSAY_SECRET: secret, ASSAY_PUBLIC_URL: publicUrl } = serverEnvOf(getRuntime());
  if (publicUrl === undefined) {
    // Any host name and port: the host in front has checked the one in the request.
    process.env["AUTH_TRUST_HOST"] = "1";
  } else {
    process.env["NEXTAUTH_URL"] = publicUrl;
  }
  const secure = publicUrl?.startsWith("https://") ?? false;
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure } as const;
  const maxAge = SESSION_DAYS * 24 * 60 * 60;

  return {
    secret,
    useSecureCookies: secure,
    session: { strategy: "jwt", maxAge },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: { name: SESSION_COOKIE, options },
      csrfToken: { name: "assay.csrf", options },
      callbackUrl: { name: "assay.callback", options },
    },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        authorize: (credentials, request) => authorize(credentials, request.headers),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user === undefined ? { sid: token["sid"] } : { sid: user.id }),
      // What the browser may read at /api/auth/session: nothing of the person; pages know who it is.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: { signOut: ({ token }) => endSession(token?.["sid"]) },
  };
}

/** A sign-in costs 30 ms of a core, so one address gets 20 at once and one a second. */
async function authorize(
  given: Record<string, string> | undefined,
  headers: Record<string, string | undefined> | undefined,
): Promise<{ id: string }> {
  const runtime = getRuntime();
  const limiter = runtime.singleton("auth.sign-in", () => createRateLimiter({ perSecond: 1, burst: 20 }));
  const ip = headers?.["x-forwarded-for"]?.split(",").at(-1)?.trim();
  if (limiter.take(ip ?? "unknown") > 0) {
    throw new Error("Too many attempts from this address. Wait a minute, then try again.");
  }
  const ctx = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] }, ip });
  try {
    const input = { email: String(given?.["email"] ?? ""), password: String(given?.["password"] ?? "") };
    const { sid } = await signIn(ctx, { ...input, userAgent: headers?.["user-agent"] });
    return { id: sid };
  } catch (error) {
    if (isAppError(error)) throw error;
    ctx.logger.error({ err: error }, "a sign-in failed");
    throw new Error("Signing in does not work at the moment. Is the database running?", { cause: error });
  }
}

async function endSession(sid: unknown): Promise<void> {
  const runtime = getRuntime();
  const session = typeof sid === "string" ? await resolveSession(runtime, sid) : null;
  if (session !== null) {
    await revokeSession(makeCtx(runtime, { actor: session.actor }), { id: session.sid });
  }
}
