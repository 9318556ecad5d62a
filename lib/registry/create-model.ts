import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { findModel } from "#lib/registry/find-model.ts";
import { parseModelName } from "#lib/registry/model-name.ts";
import { takeRegistryTags } from "#lib/registry/registry-tags.ts";
import type { ModelSummary } from "#lib/registry/schemas.ts";
import { insertModel } from "#lib/registry/store/model-rows.ts";
import { upsertTags } from "#lib/registry/store/tags.ts";

export interface CreateModelInput {
  name: string;
  description?: string | undefined;
  tags?: Record<string, string>;
}

/**
 * Makes a model without versions.
 *
 * @throws InvalidError  the name or a tag is not allowed
 * @throws ConflictError the name is taken
 */
export async function createModel(ctx: Ctx, input: CreateModelInput): Promise<ModelSummary> {
  requireScope(ctx, "registry:write");
  const name = parseModelName(input.name);
  requireModel(ctx, name);
  const { description = "" } = input;
  const tags = takeRegistryTags(input.tags ?? {});
  return withTransaction(ctx, async (tx) => {
    const id = newId("mdl");
    if (!(await insertModel(tx, { id, name, description }))) throw modelNameIsTaken(name);
    if (tags.length > 0) await upsertTags(tx, { table: "model_tag", id }, tags);
    audit(tx, { action: "model.create", subject: `model:${name}`, detail: { description, tags: input.tags ?? {} } });
    const { id: _, ...model } = await findModel(tx, name);
    return model;
  });
}

export function modelNameIsTaken(name: string): ConflictError {
  return new ConflictError(`Registered Model (name=${name}) already exists.`, { code: "model_exists" });
}
