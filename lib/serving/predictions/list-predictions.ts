import type { Ctx } from "#lib/platform/ctx.ts";
import { decodeTimeCursor, encodeCursor } from "#lib/platform/pagination.ts";
import { reachDeployment } from "#lib/serving/predictions/reach.ts";
import type { PredictionPage, PredictionQuery } from "#lib/serving/predictions/schemas.ts";
import { selectPredictions } from "#lib/serving/store/predictions.ts";

/**
 * What a deployment answered, newest first, up to half a second ago.
 *
 * @throws NotFoundError no such deployment in the project
 * @throws InvalidError  a cursor of another list
 */
export async function listPredictions(
  ctx: Ctx,
  { name, cursor, limit, ...filter }: PredictionQuery & { name: string },
): Promise<PredictionPage> {
  const reach = await reachDeployment(ctx, name);
  const after = cursor === undefined ? undefined : decodeTimeCursor(cursor);
  const found = await selectPredictions(ctx.pool, reach, filter, { limit: limit + 1, after });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || last === undefined) return { items };
  return { items, nextCursor: encodeCursor([last.at, last.id]) };
}
