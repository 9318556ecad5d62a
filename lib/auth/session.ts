import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { getAuthenticator } from "#lib/auth/authenticate-request.ts";
import type { ResolvedSession } from "#lib/auth/resolve-session.ts";
import { localPath, PATH_HEADER } from "#lib/auth/session-path.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { getRuntime, makeCtx } from "#lib/platform/runtime.ts";

/** The session of this request's browser, or null. Read once per request, however many components ask. */
export const currentSession = cache(async (): Promise<{ session: ResolvedSession; ctx: Ctx } | null> => {
  const runtime = getRuntime();
  const sent = await headers();
  const session = await getAuthenticator(runtime, serverEnvOf(runtime).ASSAY_SECRET).session(sent);
  if (session === null) {
    return null;
  }
  const ip = sent.get("x-forwarded-for")?.split(",")[0]?.trim();
  return { session, ctx: makeCtx(runtime, { actor: session.actor, ip }) };
});

/**
 * The context of a page that needs a signed-in person. Without one the browser is sent to the sign-in and comes back;
 * with a first password still in use it is sent to change that.
 */
export async function requireSession(): Promise<Ctx> {
  const found = await currentSession();
  if (found === null) {
    const path = localPath((await headers()).get(PATH_HEADER));
    redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
  }
  if (found.session.mustChangePassword) {
    redirect("/change-password");
  }
  return found.ctx;
}
