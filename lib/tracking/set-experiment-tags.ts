import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { requireEntryName, requireLength } from "#lib/tracking/entry-name.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import { removeExperimentTag, upsertExperimentTags } from "#lib/tracking/store/experiments.ts";

/** Of a tag's value, in characters. */
const MAX_VALUE_LENGTH = 20_000;

/**
 * Sets tags of an experiment.
 *
 * @throws InvalidError  a tag's name or value is not allowed
 * @throws NotFoundError no such experiment
 * @throws ConflictError it is deleted
 */
export async function setExperimentTags(ctx: Ctx, input: { id: string; tags: Record<string, string> }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const tags = Object.entries(input.tags);
  requireExperimentTags(tags);
  await withTransaction(ctx, async (tx) => {
    const { id } = await findActiveExperiment(tx, input.id);
    await upsertExperimentTags(tx, id, tags);
  });
}

/**
 * Removes a tag of an experiment.
 *
 * @throws NotFoundError no such experiment, or it has no such tag
 * @throws ConflictError it is deleted
 */
export async function deleteExperimentTag(ctx: Ctx, input: { id: string; key: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const { id } = await findActiveExperiment(tx, input.id);
    if (!(await removeExperimentTag(tx, id, input.key))) {
      throw new NotFoundError(`Tag ${input.key} of experiment ${id}`);
    }
  });
}

/** @throws InvalidError */
export function requireExperimentTags(tags: [string, string][]): void {
  for (const [key, value] of tags) {
    requireEntryName(key, "key");
    requireLength(value, "value", MAX_VALUE_LENGTH);
  }
}
