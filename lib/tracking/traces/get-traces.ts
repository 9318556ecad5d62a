import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { selectTraces } from "#lib/tracking/store/traces.ts";
import { noTrace } from "#lib/tracking/traces/trace-texts.ts";

const MAX_IDS = 100;

/**
 * A trace as JSON: what is known of it, or with its spans too.
 *
 * @throws NotFoundError no such trace in the project
 */
export async function getTrace(ctx: Ctx, input: { id: string; spans: boolean }): Promise<string> {
  requireScope(ctx, "tracking:read");
  const [json] = await selectTraces(ctx, [input.id], { spans: input.spans });
  if (json === undefined) throw noTrace(input.id);
  return json;
}

/**
 * Several traces as JSON. Those that are not there, or are another project's, are left out.
 *
 * @throws InvalidError too many
 */
export async function getTraces(ctx: Ctx, input: { ids: readonly string[]; spans: boolean }): Promise<string[]> {
  requireScope(ctx, "tracking:read");
  if (input.ids.length > MAX_IDS) {
    throw new InvalidError(`At most ${MAX_IDS} traces are read at once.`, {
      details: [{ field: "trace_ids", problem: "too many", remedy: "Read them in several requests." }],
    });
  }
  return selectTraces(ctx, input.ids, { spans: input.spans });
}
