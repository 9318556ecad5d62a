import { cookieOf } from "#lib/auth/cookie.ts";
import { actorIn, NO_PROJECT, type ResolvedSession } from "#lib/auth/resolve-session.ts";
import type { Actor } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/** Where the console remembers the project that was chosen last. */
export const PROJECT_COOKIE = "assay_project";

/** Whether there is such a project that is not archived. */
export type ProjectExists = (id: string) => Promise<boolean>;

/** What a request says it is about; undefined when it does not say. A header wins over the query. */
export function askedProject(headers: Headers, fromQuery: string | undefined): string | undefined {
  return (headers.get("x-assay-project") ?? headers.get("x-mlflow-workspace") ?? fromQuery) || undefined;
}

/** A project that is not there, or not the caller's to know about: both look alike. */
export function noSuchProject(id: string): NotFoundError {
  const known = /^[a-z0-9-]{1,40}$/.test(id) ? `The project ${id}` : "The project";
  return new NotFoundError(known, { code: "no_such_project" });
}

export interface InProject {
  actor: Actor & { type: "user" };
  projectId: string;
}

/**
 * The person of a session in the project that the request is about: the one it names, else that of the page it came
 * from, else the cookie's, if they are still a member there, else their home.
 *
 * @throws NotFoundError it names one that is not theirs
 */
export async function personInProject(
  session: ResolvedSession,
  headers: Headers,
  asked: string | undefined,
  exists: ProjectExists,
): Promise<InProject> {
  if (asked !== undefined) {
    const found = await standIn(session, asked, exists);
    if (found === null) throw noSuchProject(asked);
    return found;
  }
  // The page that a link or a download stands on, before the cookie, which the windows of a browser share.
  for (const hint of [projectOfReferrer(headers), cookieOf(headers.get("cookie"), PROJECT_COOKIE)]) {
    // One that is out of date must not lock anybody out.
    const found = hint === undefined ? null : await standIn(session, hint, exists);
    if (found !== null) return found;
  }
  return { actor: session.actor, projectId: session.projectId };
}

function projectOfReferrer(headers: Headers): string | undefined {
  const referrer = headers.get("referer");
  if (referrer === null || !URL.canParse(referrer)) return undefined;
  return new URL(referrer).searchParams.get("project") ?? undefined;
}

async function standIn(session: ResolvedSession, id: string, exists: ProjectExists): Promise<InProject | null> {
  if (id === session.projectId && id !== NO_PROJECT) return { actor: session.actor, projectId: id };
  const actor = actorIn(session, id);
  if (actor === null) return null;
  // A membership of a session is one of an open project; an instance admin may name anything.
  const isMember = session.memberships.some((one) => one.projectId === id);
  return isMember || (await exists(id)) ? { actor, projectId: id } : null;
}
