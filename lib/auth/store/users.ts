import type { DbClient, Prisma } from "#lib/platform/db.ts";

export interface UserRow {
  id: string;
  email: string;
  name: string;
  kind: string;
  /** The instance's: `admin` or `user`. */
  role: string;
  passwordHash: string | null;
  mustChangePassword: boolean;
  disabledAt: Date | null;
  totpEnrolledAt: Date | null;
  lastSignInAt: Date | null;
  createdAt: Date;
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
  user: { id: string; email: string; name: string } & {
    role: "admin" | "user";
    kind?: "person" | "service";
    passwordHash?: string;
    mustChangePassword?: boolean;
  },
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

/** After a sign-in: no failures count, and it is the last one. */
export async function markSignedIn(db: DbClient, userId: string, now: Date): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { failedSignIns: 0, lockedUntil: null, lastSignInAt: now } });
}

export async function setPassword(
  db: DbClient,
  userId: string,
  password: { passwordHash: string; mustChangePassword: boolean },
): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { ...password, failedSignIns: 0, lockedUntil: null } });
}

/** People by address. `text` is part of the address or name. */
export function listPeopleRows(
  db: DbClient,
  text: string | undefined,
): Promise<(UserRow & { memberships: { projectId: string; role: string }[]; identities: { issuer: string }[] })[]> {
  const contains = { contains: text ?? "", mode: "insensitive" } as const;
  const where: Prisma.UserWhereInput = { kind: "person", OR: [{ email: contains }, { name: contains }] };
  return db.user.findMany({
    where,
    include: {
      memberships: { select: { projectId: true, role: true }, orderBy: { projectId: "asc" } },
      identities: { select: { issuer: true }, take: 1 },
    },
    orderBy: [{ email: "asc" }],
    take: 1_000,
  });
}

/** Locks the admins of the instance who may sign in, in one order, so that no two of them remove each other. */
export async function lockActiveAdmins(db: DbClient): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM user_account WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`;
  return rows.map((row) => row.id);
}

export async function updateUserRow(
  db: DbClient,
  id: string,
  change: { role?: "admin" | "user"; disabledAt?: Date | null },
): Promise<void> {
  await db.user.update({ where: { id }, data: change });
}
