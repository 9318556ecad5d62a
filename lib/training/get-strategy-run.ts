import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import type { StrategyRun } from "#lib/training/schemas.ts";
import {
  type StrategyRunRow,
  selectMembers,
  selectStrategyRun,
  selectStrategyRuns,
} from "#lib/training/store/strategies.ts";
import { findStrategy } from "#lib/training/strategies.ts";

/**
 * A strategy's group of runs and how far each is.
 *
 * @throws NotFoundError no such group in the project
 */
export async function getStrategyRun(ctx: Ctx, input: { id: string }): Promise<StrategyRun> {
  requireScope(ctx, "tracking:read");
  return readStrategyRun(ctx, input.id);
}

/** The newest groups, at most `limit` (default 20). */
export async function listStrategyRuns(ctx: Ctx, input: { limit?: number } = {}): Promise<StrategyRun[]> {
  requireScope(ctx, "tracking:read");
  const rows = await selectStrategyRuns(ctx, input.limit ?? 20);
  return Promise.all(rows.map((row) => withMembers(ctx, row)));
}

/** Unguarded: for verbs that have checked already. */
export async function readStrategyRun(ctx: Ctx, id: string): Promise<StrategyRun> {
  const row = await selectStrategyRun(ctx, id);
  if (row === null) {
    throw new NotFoundError(`Strategy run ${id}`);
  }
  return withMembers(ctx, row);
}

async function withMembers(ctx: Ctx, row: StrategyRunRow): Promise<StrategyRun> {
  const members = await selectMembers(ctx, row.id);
  return {
    ...row,
    title: findStrategy(row.strategy)?.title ?? row.strategy,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    runs: members.map(({ startedAt, endedAt, ...member }) => ({
      ...member,
      durationMs: startedAt && endedAt ? Math.max(0, endedAt.getTime() - startedAt.getTime()) : null,
    })),
  };
}
