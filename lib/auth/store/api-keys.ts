import type { Ctx } from "#lib/platform/ctx.ts";
import type { DbClient, Prisma } from "#lib/platform/db.ts";

export interface ApiKeyRow {
  id: string;
  projectId: string;
  name: string;
  prefix: string;
  hash: string;
  scopes: string[];
  /** The person or service account behind the key; null for the bootstrap key and those it made. */
  userId: string | null;
  models: string[];
  deployments: string[];
  perSecond: number | null;
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export function insertApiKey(
  db: DbClient,
  key: Omit<ApiKeyRow, "revokedAt" | "lastUsedAt" | "createdAt"> & { createdAt: Date },
): Promise<ApiKeyRow> {
  return db.apiKey.create({ data: key });
}

/** A key as a request meets it: with what its owner may do in its project now. */
export interface PresentedKey extends Pick<ApiKeyRow, "id" | "projectId" | "name" | "scopes" | "userId" | "perSecond"> {
  models: string[];
  deployments: string[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  projectArchived: boolean;
  ownerDisabled: boolean;
  ownerKind: string | null;
  /** `admin` or `user`. */
  ownerInstanceRole: string | null;
  /** In the key's project; null: no member (any more). */
  ownerRole: string | null;
}

export async function findPresentedKey(pool: Ctx["pool"], hash: string): Promise<PresentedKey | null> {
  const { rows } = await pool.query<PresentedKey>(
    `SELECT k.id, k.project_id AS "projectId", k.name, k.scopes, k.user_id AS "userId", k.per_second AS "perSecond",
       k.models, k.deployments, k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt",
       k.last_used_at AS "lastUsedAt", p.archived_at IS NOT NULL AS "projectArchived",
       u.disabled_at IS NOT NULL AS "ownerDisabled", u.kind AS "ownerKind", u.role AS "ownerInstanceRole",
       m.role AS "ownerRole"
     FROM api_key k JOIN project p ON p.id = k.project_id
     LEFT JOIN user_account u ON u.id = k.user_id
     LEFT JOIN membership m ON m.user_id = k.user_id AND m.project_id = k.project_id
     WHERE k.hash = $1`,
    [hash],
  );
  return rows[0] ?? null;
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

export interface ListedKey extends ApiKeyRow {
  owner: { id: string; name: string; kind: string } | null;
}

/** The newest first, with revoked ones. `text` is part of the name, or how the key begins. */
export async function listApiKeyRows(
  db: DbClient,
  filter: { projectId: string; userId?: string | undefined; text?: string | undefined },
): Promise<ListedKey[]> {
  const { projectId, userId, text } = filter;
  const where: Prisma.ApiKeyWhereInput = {
    projectId,
    ...(userId !== undefined && { userId }),
    ...(text !== undefined &&
      text !== "" && {
        OR: [{ prefix: { startsWith: text.slice(0, 10) } }, { name: { contains: text, mode: "insensitive" } }],
      }),
  };
  const rows = await db.apiKey.findMany({ where, orderBy: [{ createdAt: "desc" }, { id: "asc" }], take: 1_000 });
  return withOwners(db, rows);
}

/** Keys name their owner without a foreign key, since the bootstrap key has none. */
export async function withOwners(db: DbClient, rows: ApiKeyRow[]): Promise<ListedKey[]> {
  const ids = [...new Set(rows.flatMap((row) => (row.userId === null ? [] : [row.userId])))];
  const users = await db.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, kind: true } });
  return rows.map((row) => ({ ...row, owner: users.find((user) => user.id === row.userId) ?? null }));
}

/** Returns the key, or null when there is none to revoke. `userId`: only that owner's. */
export async function revokeApiKeyRow(
  db: DbClient,
  which: { id: string; projectId: string; userId?: string },
  now: Date,
): Promise<ApiKeyRow | null> {
  const rows = await db.apiKey.updateManyAndReturn({ where: { ...which, revokedAt: null }, data: { revokedAt: now } });
  return rows[0] ?? null;
}

export async function touchApiKey(pool: Ctx["pool"], id: string, now: Date): Promise<void> {
  await pool.query("UPDATE api_key SET last_used_at = $2 WHERE id = $1", [id, now]);
}

/** Keys that hold, by owner. */
export async function countOpenKeys(
  db: DbClient,
  which: { projectId: string; at: Date },
): Promise<Map<string | null, number>> {
  const rows = await db.apiKey.groupBy({
    by: ["userId"],
    where: { projectId: which.projectId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: which.at } }] },
    _count: true,
  });
  return new Map(rows.map((row) => [row.userId, row._count]));
}
