import { UNCONFINED_SCOPES } from "#lib/auth/confinement.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { summaryOf } from "#lib/auth/list-api-keys.ts";
import { CreateApiKeyInput, type CreatedApiKey } from "#lib/auth/schemas.ts";
import { hasScope, requireScope, type Scope } from "#lib/auth/scopes.ts";
import { requireRecentProofOfPerson } from "#lib/auth/step-up.ts";
import { insertApiKey, withOwners } from "#lib/auth/store/api-keys.ts";
import { findServiceAccount } from "#lib/auth/store/service-accounts.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx, personOf } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError } from "#lib/platform/errors.ts";
import { newId, newSecret } from "#lib/platform/ids.ts";

/** A key with one of these makes keys, members or admins: whoever found an open session must not leave with it. */
const RULING: ReadonlySet<string> = new Set<Scope>(["admin", "instance"]);

/** A fresh key: `ask_` and 256 random bits. */
export function newApiKey(): string {
  return `ask_${newSecret()}`;
}

/**
 * Makes a key for this project: for the actor, or as an admin for one of its service accounts. It can do at most what
 * the actor can, and later at most what its owner's role allows. The key itself is in the reply and nowhere else.
 *
 * @throws InvalidError   `expiresAt` is past; a confined key with a scope that reaches over the whole project
 * @throws ForbiddenError a scope that the actor lacks, a key that makes keys without being an admin's, or is confined;
 *   for `admin` or `instance` a person whose last proof of who they are was too long ago
 * @throws NotFoundError  no such service account in the project, or it is disabled
 */
export async function createApiKey(ctx: Ctx, input: CreateApiKeyInput): Promise<CreatedApiKey> {
  requireMaker(ctx, input);
  const { name, scopes, models, deployments, perSecond, expiresAt, serviceAccount } = CreateApiKeyInput.parse(input);
  requireOwnScopes(ctx, scopes);
  if (scopes.some((scope) => RULING.has(scope))) requireRecentProofOfPerson(ctx);
  if (models.length + deployments.length > 0) requireConfinable(scopes);
  const now = ctx.clock.now();
  const until = expiresAt === undefined ? null : new Date(expiresAt);
  if (until !== null && until <= now) {
    throw new InvalidError("The key would be over before it begins.", {
      details: [{ field: "expiresAt", problem: "in the past", remedy: "Name a time to come, or leave it out." }],
    });
  }
  const key = newApiKey();
  return withTransaction(ctx, async (tx) => {
    const userId = await ownerOf(tx, serviceAccount);
    const row = await insertApiKey(tx.db, {
      id: newId("key"),
      projectId: ctx.projectId,
      name,
      prefix: key.slice(0, 10),
      hash: hashKey(key),
      scopes: [...new Set(scopes)],
      userId,
      models: [...new Set(models)],
      deployments: [...new Set(deployments)],
      perSecond: perSecond ?? null,
      createdBy: actorName(ctx.actor),
      createdAt: now,
      expiresAt: until,
    });
    const { scopes: given, models: only, deployments: at } = row;
    audit(tx, {
      action: "api_key.create",
      subject: `api_key:${row.id}`,
      detail: { name, scopes: given, models: only, deployments: at, perSecond, owner: userId, expiresAt: until },
    });
    const [listed] = await withOwners(tx.db, [row]);
    return { ...summaryOf(listed ?? { ...row, owner: null }), key };
  });
}

/** People make keys for themselves. A key makes keys only as an admin's, which no confined one is: one that leaks must not multiply. */
function requireMaker(ctx: Ctx, input: CreateApiKeyInput): void {
  const { actor } = ctx;
  if (actor.type === "anonymous") throw new UnauthenticatedError();
  if (actor.type !== "user" || input.serviceAccount !== undefined) requireScope(ctx, "admin");
}

/** @throws InvalidError a scope that no confinement could hold */
function requireConfinable(scopes: readonly Scope[]): void {
  const wide = scopes.filter((scope) => UNCONFINED_SCOPES.includes(scope));
  if (wide.length === 0) return;
  throw new InvalidError(`A key that is confined cannot have ${wide.join(", ")}.`, {
    details: wide.map((scope) => ({
      field: "scopes",
      problem: `${scope} reaches over the whole project`,
      remedy: "Leave it out, or do not confine the key.",
    })),
  });
}

function requireOwnScopes(ctx: Ctx, scopes: readonly string[]): void {
  const missing = scopes.filter((scope) => !hasScope(ctx.actor.scopes, scope));
  if (missing.length > 0) {
    throw new ForbiddenError(`You cannot give what you do not have: ${missing.join(", ")}.`, {
      details: missing.map((scope) => ({
        field: "scopes",
        problem: `you lack ${scope}`,
        remedy: "Leave it out, or ask an admin of the project.",
      })),
    });
  }
}

async function ownerOf(tx: Tx, serviceAccount: string | undefined): Promise<string | null> {
  if (serviceAccount === undefined) return personOf(tx.actor) ?? null;
  const account = await findServiceAccount(tx.db, { id: serviceAccount, projectId: tx.projectId });
  if (account === null || account.disabledAt !== null) throw new NotFoundError("The service account");
  return account.id;
}
