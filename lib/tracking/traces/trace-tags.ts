import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { mergeTraceTag, removeTraceTag } from "#lib/tracking/store/traces.ts";
import { noTrace, requireMutableTag, takeTraceKey, takeTraceValue } from "#lib/tracking/traces/trace-texts.ts";

/**
 * Sets a tag.
 *
 * @throws InvalidError  a key that is not allowed, or is the server's own
 * @throws NotFoundError no such trace in the project
 */
export async function setTraceTag(ctx: Ctx, input: { id: string; key: string; value: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const key = takeTraceKey(input.key, "key");
  requireMutableTag(key, "set");
  await withTransaction(ctx, async (tx) => {
    if (!(await mergeTraceTag(tx, input.id, key, takeTraceValue(input.value)))) throw noTrace(input.id);
  });
}

/**
 * Removes a tag.
 *
 * @throws InvalidError  a key that is the server's own
 * @throws NotFoundError no such trace in the project, or it has no such tag
 */
export async function deleteTraceTag(ctx: Ctx, input: { id: string; key: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  requireMutableTag(input.key, "deleted");
  await withTransaction(ctx, async (tx) => {
    if (await removeTraceTag(tx, input.id, input.key)) return;
    throw new NotFoundError(`Tag '${input.key.slice(0, 250)}' of trace '${input.id.slice(0, 80)}'`);
  });
}
