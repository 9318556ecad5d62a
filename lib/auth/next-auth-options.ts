import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { OIDC_PROVIDER, oidcProvider } from "#lib/auth/next-auth-oidc.ts";
import { SESSION_COOKIE } from "#lib/auth/next-auth-token.ts";
import { personOfClaims } from "#lib/auth/oidc-claims.ts";
import { type OidcConfig, oidcConfig } from "#lib/auth/oidc-config.ts";
import { SESSION_DAYS } from "#lib/auth/open-session.ts";
import { resolveSession } from "#lib/auth/resolve-session.ts";
import { revokeSession } from "#lib/auth/revoke-session.ts";
import { CODE_REQUIRED, signIn } from "#lib/auth/sign-in.ts";
import { signInWithProvider } from "#lib/auth/sign-in-with-provider.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError, messageOf } from "#lib/platform/errors.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import { getRuntime, makeCtx } from "#lib/platform/runtime.ts";

/**
 * The token says which session it is and nothing else; every request looks at the session's row.
 *
 * @param sent the request's headers
 */
export function nextAuthOptions(sent: Headers): NextAuthOptions {
  const runtime = getRuntime();
  const { logger } = runtime;
  const env = serverEnvOf(runtime);
  const { ASSAY_SECRET: secret, ASSAY_PUBLIC_URL: publicUrl } = env;
  const oidc = oidcConfig(env);
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
    logger: {
      error: (code, about) =>
        logger.warn({ code, error: messageOf("error" in about ? about.error : about) }, "next-auth"),
      warn: (code) => logger.debug({ code }, "next-auth"),
    },
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
        credentials: { email: {}, password: {}, code: {} },
        authorize: (credentials) => authorize(credentials, sent),
      }),
      ...(oidc === undefined ? [] : [oidcProvider(oidc)]),
    ],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== OIDC_PROVIDER || oidc === undefined) return account?.provider === "credentials";
        const outcome = await admit(oidc, { ...profile }, sent);
        if ("refused" in outcome) return `/sign-in?error=${outcome.refused}`;
        user.id = outcome.sid;
        return true;
      },
      jwt: ({ token, user }) => (user === undefined ? { sid: token["sid"] } : { sid: user.id }),
      // What the browser may read at /api/auth/session: nothing of the person; pages know who it is.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: { signOut: ({ token }) => endSession(token?.["sid"]) },
  };
}

/** A sign-in costs 30 ms of a core, so one address gets 20 at once and one a second. */
async function authorize(given: Record<string, string> | undefined, sent: Headers): Promise<{ id: string }> {
  const ctx = visitor(sent);
  const limiter = rateLimiter(getRuntime(), "auth.sign-in", { perSecond: 1, burst: 20 });
  if (limiter.take(ctx.ip ?? "unknown") > 0) {
    throw new Error("Too many attempts from this address. Wait a minute, then try again.");
  }
  try {
    const [email, password, code] = ["email", "password", "code"].map((name) => String(given?.[name] ?? ""));
    const userAgent = sent.get("user-agent") ?? undefined;
    const { sid } = await signIn(ctx, { email: email ?? "", password: password ?? "", code, userAgent });
    return { id: sid };
  } catch (error) {
    // All that next-auth hands to the page is the message.
    if (isAppError(error)) throw error.code === CODE_REQUIRED ? new Error(CODE_REQUIRED) : error;
    ctx.logger.error({ err: error }, "a sign-in failed");
    throw new Error("Signing in does not work at the moment. Is the database running?", { cause: error });
  }
}

/** The end of a sign-in through the provider: a session, or the code of why not. */
async function admit(
  config: OidcConfig,
  claims: { [claim: string]: unknown },
  sent: Headers,
): Promise<{ sid: string } | { refused: string }> {
  const ctx = visitor(sent);
  try {
    const person = personOfClaims(claims, config.groupsClaim);
    return await signInWithProvider(ctx, { person, config, userAgent: sent.get("user-agent") ?? undefined });
  } catch (error) {
    if (isAppError(error)) return { refused: error.code };
    ctx.logger.error({ err: error }, "a sign-in through the provider failed");
    return { refused: "oidc_failed" };
  }
}

function visitor(sent: Headers): Ctx {
  const ip = sent.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  return makeCtx(getRuntime(), { actor: { type: "anonymous", scopes: [] }, ip });
}

async function endSession(sid: unknown): Promise<void> {
  const runtime = getRuntime();
  const session = typeof sid === "string" ? await resolveSession(runtime, sid) : null;
  if (session !== null) {
    await revokeSession(makeCtx(runtime, { actor: session.actor }), { id: session.sid });
  }
}
