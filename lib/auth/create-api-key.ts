import { hashKey } from "#lib/auth/key-hash.ts";
import { summaryOf } from "#lib/auth/list-api-keys.ts";
import { CreateApiKeyInput, type CreatedApiKey } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { insertApiKey } from "#lib/auth/store.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { newId, newSecret } from "#lib/platform/ids.ts";

/** A fresh key: `ask_` and 256 random bits. */
export function newApiKey(): string {
  return `ask_${newSecret()}`;
}

/**
 * Makes a key for this project. The key itself is in the reply and nowhere else.
 *
 * @throws InvalidError `expiresAt` is past
 */
export async function createApiKey(ctx: Ctx, input: CreateApiKeyInput): Promise<CreatedApiKey> {
  requireScope(ctx, "admin");
  const { name, scopes, expiresAt } = CreateApiKeyInput.parse(input);
  const now = ctx.clock.now();
  const until = expiresAt === undefined ? null : new Date(expiresAt);
  if (until !== null && until <= now) {
    throw new InvalidError("The key would be over before it begins.", {
      details: [{ field: "expiresAt", problem: "in the past", remedy: "Name a time to come, or leave it out." }],
    });
  }
  const key = newApiKey();
  return withTransaction(ctx, async (tx) => {
    const row = await insertApiKey(tx.db, {
      id: newId("key"),
      projectId: ctx.projectId,
      name,
      prefix: key.slice(0, 10),
      hash: hashKey(key),
      scopes: [...new Set(scopes)],
      createdBy: actorName(ctx.actor),
      createdAt: now,
      expiresAt: until,
    });
    audit(tx, {
      action: "api_key.create",
      subject: `api_key:${row.id}`,
      detail: { name, scopes: row.scopes, expiresAt: until },
    });
    return { ...summaryOf(row), key };
  });
}
