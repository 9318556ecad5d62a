import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { findLockedModel, findLockedVersion } from "#lib/registry/find-model.ts";
import { takeRegistryTags } from "#lib/registry/registry-tags.ts";
import { removeTag, type TagOwner, upsertTags } from "#lib/registry/store/tags.ts";

/** A model, or one of its versions. */
export interface Tagged {
  name: string;
  version?: number | undefined;
}

/**
 * Sets tags of a model, or of a version when one is named. What is there with the same value changes nothing.
 *
 * @throws InvalidError  a tag's name or value is not allowed
 * @throws NotFoundError no such model or version in the project
 */
export async function setRegistryTags(ctx: Ctx, input: Tagged & { tags: Record<string, string> }): Promise<void> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  const tags = takeRegistryTags(input.tags);
  await withTransaction(ctx, async (tx) => {
    const { owner, subject } = await findOwner(tx, input);
    const before = await upsertTags(tx, owner, tags);
    const changed = tags.filter(([key, value]) => !Object.hasOwn(before, key) || before[key] !== value);
    if (changed.length === 0) return;
    audit(tx, { action: `${kindOf(owner)}.set_tag`, subject, detail: { before, after: Object.fromEntries(changed) } });
  });
}

/**
 * Removes a tag. One that is not there is gone already.
 *
 * @throws NotFoundError no such model or version in the project
 */
export async function deleteRegistryTag(ctx: Ctx, input: Tagged & { key: string }): Promise<void> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  await withTransaction(ctx, async (tx) => {
    const { owner, subject } = await findOwner(tx, input);
    const before = await removeTag(tx, owner, input.key);
    if (before === null) return;
    audit(tx, { action: `${kindOf(owner)}.delete_tag`, subject, detail: { key: input.key, before } });
  });
}

async function findOwner(tx: Tx, { name, version }: Tagged): Promise<{ owner: TagOwner; subject: string }> {
  if (version === undefined) {
    const { id } = await findLockedModel(tx, name);
    return { owner: { table: "model_tag", id }, subject: `model:${name}` };
  }
  const found = await findLockedVersion(tx, name, version);
  const owner = { table: "model_version_tag", id: found.version.id } as const;
  return { owner, subject: `version:${name}/${version}` };
}

function kindOf(owner: TagOwner): "model" | "version" {
  return owner.table === "model_tag" ? "model" : "version";
}
