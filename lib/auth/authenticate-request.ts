import { hashKey } from "#lib/auth/key-hash.ts";
import { SESSION_COOKIE, sessionIdOf } from "#lib/auth/next-auth-token.ts";
import { type ResolvedSession, resolveSession } from "#lib/auth/resolve-session.ts";
import { SESSION_CHANNEL } from "#lib/auth/revoke-session.ts";
import { findApiKeyByHash, touchApiKey, touchSession } from "#lib/auth/store.ts";
import { TtlCache } from "#lib/auth/ttl-cache.ts";
import type { Actor } from "#lib/platform/ctx.ts";
import { messageOf, UnauthenticatedError } from "#lib/platform/errors.ts";
import type { Authenticated } from "#lib/platform/http/host.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** How long a process believes what it read of a session or key, unless NOTIFY says otherwise. */
const TTL_MS = 5_000;
/** How old a mark of use may get. */
const TOUCH_AFTER_MS = 60_000;

interface KnownKey {
  id: string;
  actor: Actor;
  projectId: string;
  expiresAt: Date | null;
}

export interface Authenticator {
  /**
   * Who sent these headers: an API key as Bearer or as the password of Basic, else the session cookie, else nobody.
   *
   * @throws UnauthenticatedError a key was sent that does not hold
   */
  authenticate(headers: Headers): Authenticated | Promise<Authenticated>;
  /** The session behind the cookie of these headers. */
  session(headers: Headers): Promise<ResolvedSession | null>;
}

const NOBODY: Authenticated = { actor: { type: "anonymous", scopes: [] }, projectId: "default", via: "none" };

/** The process's authenticator, with its memory of the last seconds. */
export function getAuthenticator(runtime: Runtime, secret: string): Authenticator {
  return runtime.singleton("auth.authenticator", () => createAuthenticator(runtime, secret));
}

function createAuthenticator(runtime: Runtime, secret: string): Authenticator {
  const keys = new TtlCache<KnownKey | "unknown">({ ttlMs: TTL_MS, maxSize: 10_000 });
  const sessions = new TtlCache<ResolvedSession>({ ttlMs: TTL_MS, maxSize: 10_000 });
  // A token never changes what it says; only whether its session still holds does.
  const tokens = new TtlCache<{ sid: string }>({ ttlMs: 60 * 60_000, maxSize: 10_000 });
  const { clock, db, pool, logger } = runtime;

  // Counts revocations: what was being read while one came in is not remembered.
  let revocations = 0;
  const forget = (id: string) => {
    revocations += 1;
    if (id === "") {
      keys.clear();
      sessions.clear();
      return;
    }
    keys.deleteWhere((key) => key === "unknown" || key.id === id);
    sessions.deleteWhere((session) => session.sid === id);
  };
  runtime.notify.listen(SESSION_CHANNEL, forget).catch((error) => {
    logger.warn({ error: messageOf(error) }, "revocations are not heard; they hold after 5 s");
  });

  const inBackground = (work: Promise<void>) => {
    work.catch((error) => logger.warn({ error: messageOf(error) }, "a mark of use was not written"));
  };
  const isOld = (mark: Date | null) => mark === null || clock.now().getTime() - mark.getTime() > TOUCH_AFTER_MS;

  const readKey = async (hash: string): Promise<KnownKey | "unknown"> => {
    const row = await findApiKeyByHash(db, hash);
    if (row === null || row.revokedAt !== null) return "unknown";
    if (isOld(row.lastUsedAt)) inBackground(touchApiKey(pool, row.id, clock.now()));
    const { id, name, scopes, projectId, expiresAt } = row;
    return { id, actor: { type: "apiKey", id, name, scopes }, projectId, expiresAt };
  };

  const byKey = async (hash: string): Promise<Authenticated> => {
    let known = keys.get(hash);
    if (known === undefined) {
      const before = revocations;
      known = await readKey(hash);
      if (before === revocations) keys.set(hash, known);
    }
    return accept(known);
  };
  const accept = (known: KnownKey | "unknown"): Authenticated => {
    if (known === "unknown" || (known.expiresAt !== null && known.expiresAt <= clock.now())) {
      throw new UnauthenticatedError("That API key is unknown, revoked or over.", { code: "invalid_key" });
    }
    return { actor: known.actor, projectId: known.projectId, via: "key" };
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

  return {
    session,
    authenticate(headers) {
      const authorization = headers.get("authorization");
      if (authorization !== null) {
        const hash = hashKey(keyOf(authorization));
        const known = keys.get(hash);
        return known === undefined ? byKey(hash) : accept(known);
      }
      if (!headers.get("cookie")?.includes(SESSION_COOKIE)) return NOBODY;
      return session(headers).then((found) =>
        found === null ? NOBODY : { actor: found.actor, projectId: "default", via: "session" },
      );
    },
  };
}

/** @throws UnauthenticatedError neither Bearer nor Basic */
function keyOf(authorization: string): string {
  const space = authorization.indexOf(" ");
  const scheme = authorization.slice(0, space).toLowerCase();
  const value = authorization.slice(space + 1).trim();
  if (scheme === "bearer" && value !== "") return value;
  if (scheme === "basic") {
    const pair = Buffer.from(value, "base64").toString("utf8");
    const colon = pair.indexOf(":");
    const password = pair.slice(colon + 1);
    // curl -u <key>: sends the key as the name, mlflow's client as the password.
    const key = password === "" ? pair.slice(0, colon) : password;
    if (colon !== -1 && key !== "") return key;
  }
  throw new UnauthenticatedError("The Authorization header is neither Bearer nor Basic.", {
    code: "invalid_authorization",
    details: [{ field: "Authorization", problem: "not understood", remedy: "Send `Authorization: Bearer <API key>`." }],
  });
}

function cookieOf(header: string | null, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
