import type { Ctx } from "#lib/platform/ctx.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";

/**
 * For readiness: the default deployment can answer now.
 *
 * @throws UnavailableError with the reason
 */
export async function checkDefaultModel(ctx: Ctx): Promise<string> {
  const router = trafficRouter();
  const live = await router.find(ctx.projectId, undefined);
  if (live === null) {
    return "no default deployment";
  }
  return live.use(ctx, router.refresh, (turn) =>
    turn.answer(async (model) => `${model.name} version ${model.version}`).then(({ value }) => value),
  );
}
