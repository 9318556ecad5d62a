import { askedProject, type InProject, noSuchProject, personInProject } from "#lib/auth/ask-project.ts";
import { cookieOf } from "#lib/auth/cookie.ts";
import { onForgotten } from "#lib/auth/forget-sessions.ts";
import { keyActor } from "#lib/auth/key-actor.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { SESSION_COOKIE, sessionIdOf } from "#lib/auth/next-auth-token.ts";
import { keyOf } from "#lib/auth/read-authorization.ts";
import { type ResolvedSession, resolveSession } from "#lib/auth/resolve-session.ts";
import { findPresentedKey, touchApiKey } from "#lib/auth/store/api-keys.ts";
import { projectIsOpen } from "#lib/auth/store/projects.ts";
import { touchSession } from "#lib/auth/store/sessions.ts";
import { TtlCache } from "#lib/auth/ttl-cache.ts";
import { messageOf, UnauthenticatedError } from "#lib/platform/errors.ts";
import type { Authenticated } from "#lib/platform/http/host.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** How long a process believes what it read of a session, key or project, unless NOTIFY says otherwise. */
const TTL_MS = 5_000;
/** How old a mark of use may get. */
const TOUCH_AFTER_MS = 60_000;
const PROJECT_ID = /^[A-Za-z0-9_-]{1,64}$/;

interface KnownKey {
  id: string;
  userId: string | null;
  who: Authenticated;
  expiresAt: Date | null;
}

export interface Authenticator {
  /**
   * Who sent these headers: an API key as Bearer or as the password of Basic, else the session cookie, else nobody; and
   * in which project.
   *
   * @param projectInQuery what `?project=` says
   * @throws UnauthenticatedError a key was sent that does not hold
   * @throws NotFoundError        a project is named that is not theirs
   */
  authenticate(headers: Headers, projectInQuery?: string): Authenticated | Promise<Authenticated>;
  /** The session behind the cookie of these headers. */
  session(headers: Headers): Promise<ResolvedSession | null>;
  /** The session's person in the project that a request is about, as `authenticate` has it. */
  inProject(session: ResolvedSession, headers: Headers, projectInQuery?: string): Promise<InProject>;
}

const NOBODY: Authenticated = { actor: { type: "anonymous", scopes: [] }, projectId: "default", via: "none" };

/** The process's authenticator, with its memory of the last seconds. */
export function getAuthenticator(runtime: Runtime, secret: string): Authenticator {
  return runtime.singleton("auth.authenticator", () => createAuthenticator(runtime, secret));
}

function createAuthenticator(runtime: Runtime, secret: string): Authenticator {
  const keys = new TtlCache<KnownKey | "unknown">({ ttlMs: TTL_MS, maxSize: 20_000 });
  const sessions = new TtlCache<ResolvedSession>({ ttlMs: TTL_MS, maxSize: 10_000 });
  const projects = new TtlCache<boolean>({ ttlMs: TTL_MS, maxSize: 1_000 });
  // A token never changes what it says; only whether its session still holds does.
  const tokens = new TtlCache<{ sid: string }>({ ttlMs: 60 * 60_000, maxSize: 10_000 });
  const { clock, db, pool, logger } = runtime;

  // Counts revocations: what was being read while one came in is not remembered.
  let revocations = 0;
  const forget = (id: string) => {
    revocations += 1;
    if (id === "") {
      for (const cache of [keys, sessions, projects]) cache.clear();
      return;
    }
    keys.deleteWhere((key) => key === "unknown" || key.id === id || key.userId === id);
    sessions.deleteWhere((session) => session.sid === id || session.actor.id === id);
  };
  onForgotten(runtime, forget).catch((error) => {
    logger.warn({ error: messageOf(error) }, "revocations are not heard; they hold after 5 s");
  });
  const inBackground = (work: Promise<void>) => {
    work.catch((error) => logger.warn({ error: messageOf(error) }, "a mark of use was not written"));
  };
  const isOld = (mark: Date | null) => mark === null || clock.now().getTime() - mark.getTime() > TOUCH_AFTER_MS;

  const readKey = async (hash: string): Promise<KnownKey | "unknown"> => {
    const row = await findPresentedKey(pool, hash);
    const actor = row === null ? null : keyActor(row);
    if (row === null || actor === null) return "unknown";
    if (isOld(row.lastUsedAt)) inBackground(touchApiKey(pool, row.id, clock.now()));
    const { id, userId, projectId, expiresAt, perSecond } = row;
    const limited = perSecond === null ? {} : { perSecond };
    return { id, userId, expiresAt, who: { actor, projectId, via: "key", ...limited } };
  };
  const byKey = async (hash: string): Promise<KnownKey | "unknown"> => {
    const before = revocations;
    const known = await readKey(hash);
    if (before === revocations) keys.set(hash, known);
    return known;
  };
  const exists = async (id: string): Promise<boolean> => {
    // What cannot be an id is neither asked of the database nor remembered.
    if (!PROJECT_ID.test(id)) return false;
    let open = projects.get(id);
    if (open === undefined) {
      const before = revocations;
      open = await projectIsOpen(db, id);
      if (before === revocations) projects.set(id, open);
    }
    return open;
  };
  const accept = (known: KnownKey | "unknown", asked: string | undefined): Authenticated | Promise<Authenticated> => {
    if (known === "unknown" || (known.expiresAt !== null && known.expiresAt <= clock.now())) {
      throw new UnauthenticatedError("That API key is unknown, revoked or over.", { code: "invalid_key" });
    }
    const { who } = known;
    if (asked === undefined || asked === who.projectId) return who;
    if (!who.actor.scopes.includes("instance")) throw noSuchProject(asked);
    return exists(asked).then((open) => {
      if (!open) throw noSuchProject(asked);
      return { ...who, projectId: asked };
    });
  };

  const session = async (headers: Headers): Promise<ResolvedSession | null> => {
    const token = cookieOf(headers.get("cookie"), SESSION_COOKIE);
    if (token === undefined) return null;
    let sid = tokens.get(token)?.sid;
    if (sid === undefined) {
      const read = await sessionIdOf(token, secret);
      if (read === null) return null;
      tokens.set(token, { sid: read });
      sid = read;
    }
    const known = sessions.get(sid);
    if (known !== undefined) return known.expiresAt > clock.now() ? known : null;
    const before = revocations;
    const found = await resolveSession({ db, clock }, sid);
    if (found !== null) {
      if (before === revocations) sessions.set(sid, found);
      if (isOld(found.lastSeenAt)) inBackground(touchSession(pool, sid, clock.now()));
    }
    return found;
  };
  const inProject: Authenticator["inProject"] = (found, headers, projectInQuery) =>
    personInProject(found, headers, askedProject(headers, projectInQuery), exists);

  const bySession = async (headers: Headers, projectInQuery: string | undefined): Promise<Authenticated> => {
    const found = await session(headers);
    if (found === null) return NOBODY;
    const passwordDue = found.mustChangePassword;
    return { ...(await inProject(found, headers, projectInQuery)), via: "session", passwordDue };
  };

  return {
    session,
    inProject,
    authenticate(headers, projectInQuery) {
      const authorization = headers.get("authorization");
      if (authorization !== null) {
        const hash = hashKey(keyOf(authorization));
        const asked = askedProject(headers, projectInQuery);
        const known = keys.get(hash);
        return known === undefined ? byKey(hash).then((read) => accept(read, asked)) : accept(known, asked);
      }
      return headers.get("cookie")?.includes(SESSION_COOKIE) ? bySession(headers, projectInQuery) : NOBODY;
    },
  };
}
