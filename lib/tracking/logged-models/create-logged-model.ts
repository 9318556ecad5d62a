import { randomBytes } from "node:crypto";
import { requireScope } from "#lib/auth/scopes.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { isClient } from "#lib/tracking/is-client.ts";
import { findLoggedModel } from "#lib/tracking/logged-models/find-logged-model.ts";
import { requireModelName, takeModelTags } from "#lib/tracking/logged-models/model-entries.ts";
import { takeRunParams } from "#lib/tracking/run-params.ts";
import {
  insertLoggedModel,
  insertModelParams,
  type LoggedModel,
  upsertModelTags,
} from "#lib/tracking/store/logged-models.ts";

export interface CreateLoggedModelInput {
  experimentId: string;
  name: string;
  modelType?: string | undefined;
  /** The run that makes it. */
  runId?: string | undefined;
  params?: { key: string; value: string }[];
  tags?: Record<string, string>;
}

/**
 * Makes a logged model, pending until it is finalized.
 *
 * @throws InvalidError  the name, a param or a tag is not allowed
 * @throws NotFoundError no such experiment or run
 * @throws ConflictError the experiment or run is deleted, or a worker does the run: nobody else's files are its model
 */
export async function createLoggedModel(ctx: Ctx, input: CreateLoggedModelInput): Promise<LoggedModel> {
  requireScope(ctx, "tracking:write");
  requireModelName(input.name);
  const params = takeRunParams(input.params ?? [], (index) => `params[${index}]`);
  const tags = takeModelTags(input.tags ?? {});
  return withTransaction(ctx, async (tx) => {
    const experiment = await findActiveExperiment(tx, input.experimentId);
    const run = input.runId === undefined ? null : await findWritableRun(tx, input.runId);
    if (run?.managed && isClient(tx)) {
      throw new ConflictError(`A worker does run ${run.id}: what it made is not a client's to say.`, {
        code: "run_managed",
      });
    }
    const id = `m-${randomBytes(16).toString("hex")}`;
    await insertLoggedModel(tx, {
      id,
      experimentId: experiment.id,
      runId: run?.id ?? null,
      name: input.name,
      modelType: input.modelType ?? null,
      createdBy: actorName(tx.actor),
    });
    if (params.length > 0) await insertModelParams(tx, id, params);
    if (tags.length > 0) await upsertModelTags(tx, id, tags);
    return findLoggedModel(tx, id);
  });
}
