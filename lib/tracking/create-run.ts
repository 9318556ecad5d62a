import { requireScope } from "#lib/auth/scopes.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { newRunId } from "#lib/platform/ids.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import { hintRun } from "#lib/tracking/hint-run.ts";
import { requireRunName, takeRunTags } from "#lib/tracking/run-tags.ts";
import { insertRun, type RunRow } from "#lib/tracking/store/runs.ts";

export interface CreateRunInput {
  name: string;
  experimentId: string;
  /** QUEUED for a run that a worker will do; RUNNING (the default) for one that its client does. */
  status?: "QUEUED" | "RUNNING";
  /** When it began, for one that is RUNNING; now when absent. */
  startedAt?: Date | undefined;
  /** Whom a client says it logs for: a label, not an identity. */
  userId?: string | undefined;
  /** A worker does it: no client moves its status. */
  managed?: boolean;
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

/**
 * Makes a run with its first params and tags, in one statement.
 *
 * @throws InvalidError  a tag's name is not allowed
 * @throws NotFoundError no such experiment in the project
 * @throws ConflictError the experiment is deleted
 */
export async function createRun(ctx: Ctx, input: CreateRunInput): Promise<RunRow> {
  requireScope(ctx, "tracking:write");
  requireRunName(input.name);
  const status = input.status ?? "RUNNING";
  const row = {
    id: newRunId(),
    name: input.name,
    status,
    createdBy: actorName(ctx.actor),
    userId: input.userId ?? null,
    managed: input.managed ?? false,
    startedAt: status === "RUNNING" ? (input.startedAt ?? ctx.clock.now()) : null,
    params: Object.entries(input.params ?? {}),
    tags: takeRunTags(input.tags ?? {}),
  };
  const isPlain = /^[1-9][0-9]{0,17}$/.test(input.experimentId);
  const made = isPlain ? await insertRun(ctx, { ...row, experimentId: input.experimentId }) : null;
  const run = made ?? (await insertInto(ctx, row, input.experimentId));
  hintRun(ctx, run.id);
  return run;
}

/** The way with an explanation: the experiment has another word for its id, is not there, or is deleted. */
async function insertInto(
  ctx: Ctx,
  row: Omit<Parameters<typeof insertRun>[1], "experimentId">,
  id: string,
): Promise<RunRow> {
  const experiment = await findActiveExperiment(ctx, id);
  const made = await insertRun(ctx, { ...row, experimentId: experiment.id });
  // It was deleted in between.
  return made ?? insertInto(ctx, row, id);
}
