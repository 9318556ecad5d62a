import type { Ctx } from "#lib/platform/ctx.ts";
import type { DbClient, Prisma } from "#lib/platform/db.ts";

export interface UserRow {
  id: string;
  email: string;
  name: string;
  role: string;
  passwordHash: string | null;
  mustChangePassword: boolean;
  disabledAt: Date | null;
}

export interface ApiKeyRow {
  id: string;
  projectId: string;
  name: string;
  prefix: string;
  hash: string;
  scopes: string[];
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export interface SessionRow {
  id: string;
  userId: string;
  createdAt: Date;
  expiresAt: Date;
  lastSeenAt: Date;
  revokedAt: Date | null;
  ip: string | null;
  userAgent: string | null;
}

const FAILURES_BEFORE_LOCK = 5;
const FIRST_LOCK_SECONDS = 15;
const LONGEST_LOCK_SECONDS = 900;

/** One bootstrap at a time, over all processes; held until the transaction ends. */
export async function lockBootstrap(db: DbClient): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('assay.bootstrap'))`;
}

export async function anyUser(db: DbClient): Promise<boolean> {
  return (await db.user.findFirst({ select: { id: true } })) !== null;
}

export function insertUser(
  db: DbClient,
  user: { id: string; email: string; name: string; role: string; passwordHash: string; mustChangePassword: boolean },
): Promise<UserRow> {
  return db.user.create({ data: user });
}

export function findUserByEmail(db: DbClient, email: string): Promise<UserRow | null> {
  return db.user.findUnique({ where: { email } });
}

export function findUser(db: DbClient, id: string): Promise<UserRow | null> {
  return db.user.findUnique({ where: { id } });
}

/** The admin that was made first: whom a reset without an address means. */
export function findFirstAdmin(db: DbClient): Promise<UserRow | null> {
  return db.user.findFirst({ where: { role: "admin", disabledAt: null }, orderBy: { createdAt: "asc" } });
}

/**
 * Counts an attempt before the password is looked at, so that guesses sent at once are counted one by one. From the
 * fifth failure on the account pauses: 15 s, then twice as long each time, up to 15 min.
 *
 * @returns false while it pauses
 */
export async function reserveSignIn(db: DbClient, userId: string, now: Date): Promise<boolean> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE user_account SET
      failed_sign_ins = failed_sign_ins + 1,
      locked_until = CASE WHEN failed_sign_ins + 1 >= ${FAILURES_BEFORE_LOCK}::int
        THEN ${now}::timestamptz + make_interval(secs => LEAST(${LONGEST_LOCK_SECONDS}::float8,
          ${FIRST_LOCK_SECONDS}::float8 * power(2, LEAST(30, failed_sign_ins + 1 - ${FAILURES_BEFORE_LOCK}::int))))
        END
    WHERE id = ${userId} AND disabled_at IS NULL AND (locked_until IS NULL OR locked_until <= ${now}::timestamptz)
    RETURNING id`;
  return rows.length === 1;
}

export async function clearFailedSignIns(db: DbClient, userId: string): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { failedSignIns: 0, lockedUntil: null } });
}

export async function setPassword(
  db: DbClient,
  userId: string,
  password: { passwordHash: string; mustChangePassword: boolean },
): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { ...password, failedSignIns: 0, lockedUntil: null } });
}

export async function insertSession(
  db: DbClient,
  session: {
    id: string;
    userId: string;
    createdAt: Date;
    expiresAt: Date;
    ip: string | null;
    userAgent: string | null;
  },
): Promise<void> {
  await db.session.create({ data: { ...session, lastSeenAt: session.createdAt } });
}

export function findSession(db: DbClient, id: string): Promise<(SessionRow & { user: UserRow }) | null> {
  return db.session.findUnique({ where: { id }, include: { user: true } });
}

export function listSessionRows(db: DbClient, userId: string, now: Date): Promise<SessionRow[]> {
  return db.session.findMany({
    where: { userId, revokedAt: null, expiresAt: { gt: now } },
    orderBy: { lastSeenAt: "desc" },
    take: 200,
  });
}

/** Returns the ids of those that were open. */
export async function revokeSessions(
  db: DbClient,
  which: { userId: string; id?: string; except?: string | undefined },
  now: Date,
): Promise<string[]> {
  const { userId, id, except } = which;
  const where: Prisma.SessionWhereInput = {
    userId,
    revokedAt: null,
    ...(id !== undefined && { id }),
    ...(except !== undefined && { NOT: { id: except } }),
  };
  const revoked = await db.session.updateManyAndReturn({ where, data: { revokedAt: now }, select: { id: true } });
  return revoked.map((row) => row.id);
}

export async function touchSession(pool: Ctx["pool"], id: string, now: Date): Promise<void> {
  await pool.query("UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2", [id, now]);
}

export function insertApiKey(
  db: DbClient,
  key: Omit<ApiKeyRow, "revokedAt" | "lastUsedAt" | "createdAt"> & { createdAt: Date },
): Promise<ApiKeyRow> {
  return db.apiKey.create({ data: key });
}

export function findApiKeyByHash(db: DbClient, hash: string): Promise<ApiKeyRow | null> {
  return db.apiKey.findUnique({ where: { hash } });
}

export function findApiKey(db: DbClient, id: string): Promise<ApiKeyRow | null> {
  return db.apiKey.findUnique({ where: { id } });
}

/** Gives a key another secret, and revives it. */
export async function replaceApiKeyHash(
  db: DbClient,
  id: string,
  key: { hash: string; prefix: string },
): Promise<void> {
  await db.apiKey.update({ where: { id }, data: { ...key, revokedAt: null } });
}

export function listApiKeyRows(db: DbClient, projectId: string): Promise<ApiKeyRow[]> {
  return db.apiKey.findMany({ where: { projectId }, orderBy: [{ createdAt: "desc" }, { id: "asc" }], take: 1_000 });
}

/** Returns the key, or null when there is none to revoke. */
export async function revokeApiKeyRow(
  db: DbClient,
  which: { id: string; projectId: string },
  now: Date,
): Promise<ApiKeyRow | null> {
  const rows = await db.apiKey.updateManyAndReturn({ where: { ...which, revokedAt: null }, data: { revokedAt: now } });
  return rows[0] ?? null;
}

export async function touchApiKey(pool: Ctx["pool"], id: string, now: Date): Promise<void> {
  await pool.query("UPDATE api_key SET last_used_at = $2 WHERE id = $1", [id, now]);
}

export async function insertDeniedAttempt(
  pool: Ctx["pool"],
  attempt: { at: Date; actor: string; ip: string | null; action: string; reason: string; requestId: string },
): Promise<void> {
  await pool.query(
    "INSERT INTO denied_attempt (at, actor, ip, action, reason, request_id) VALUES ($1, $2, $3, $4, $5, $6)",
    [attempt.at, attempt.actor, attempt.ip, attempt.action, attempt.reason, attempt.requestId],
  );
}
