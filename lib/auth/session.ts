import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { getAuthenticator } from "#lib/auth/authenticate-request.ts";
import { NO_PROJECT, type ResolvedSession } from "#lib/auth/resolve-session.ts";
import { localPath, PATH_HEADER, projectInPath } from "#lib/auth/session-path.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { getRuntime, makeCtx } from "#lib/platform/runtime.ts";

/** The session of this request's browser, or null. Read once per request, however many components ask. */
export const currentSession = cache(async (): Promise<{ session: ResolvedSession; ctx: Ctx } | null> => {
  const runtime = getRuntime();
  const sent = await headers();
  const authenticator = getAuthenticator(runtime, serverEnvOf(runtime).ASSAY_SECRET);
  const session = await authenticator.session(sent);
  if (session === null) {
    return null;
  }
  const ip = sent.get("x-forwarded-for")?.split(",")[0]?.trim();
  const where = await authenticator.inProject(session, sent, projectInPath(sent.get(PATH_HEADER))).catch((error) => {
    if (isAppError(error) && error.kind === "not_found") notFound();
    throw error;
  });
  return { session, ctx: makeCtx(runtime, { ...where, ip }) };
});

/**
 * The context of a page that needs a signed-in person. Without one the browser is sent to the sign-in and comes back;
 * with a first password still in use it is sent to change that. The project is the one that the page's address names
 * (404 where it is not theirs), else the one that was chosen last.
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
  if (found.ctx.projectId === NO_PROJECT) {
    redirect("/no-project");
  }
  return found.ctx;
}
