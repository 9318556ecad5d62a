import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { findLockedVersion } from "#lib/registry/find-model.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { updateVersionDescription } from "#lib/registry/store/model-rows.ts";

/**
 * Describes a version. The same words again change nothing.
 *
 * @throws NotFoundError no such version in the project
 */
export async function updateVersion(
  ctx: Ctx,
  input: { name: string; version: number; description: string },
): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  const { name, description } = input;
  return withTransaction(ctx, async (tx) => {
    const { version } = await findLockedVersion(tx, name, input.version);
    if (version.description === description) return version;
    await updateVersionDescription(tx, version.id, description);
    audit(tx, {
      action: "version.update",
      subject: `version:${name}/${version.version}`,
      detail: { before: { description: version.description }, after: { description } },
    });
    return { ...version, description, updatedAt: tx.clock.now().toISOString() };
  });
}
