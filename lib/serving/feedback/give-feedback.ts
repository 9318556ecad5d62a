import { confinedToModels } from "#lib/auth/confinement.ts";
import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import type {
  FeedbackBody,
  FeedbackDone,
  FeedbackFault,
  FeedbackItem,
  FeedbackReply,
} from "#lib/serving/feedback/schemas.ts";
import { predictionLog } from "#lib/serving/prediction-log.ts";
import { findPredictions, type LabelOutcome, type LabelRight, writeLabels } from "#lib/serving/store/labels.ts";

type Result = FeedbackDone | FeedbackFault;

/**
 * Says what answers should have been: one, or many with an outcome each. Whoever asked may label their own requests
 * (`serving:predict`; nobody known, where nobody known may ask); who has `registry:write` labels all of the project's, and
 * corrects the labels of others. The last label counts.
 *
 * @throws NotFoundError of one label: no such request that the actor may label
 * @throws ConflictError of one label: somebody else gave it another (`labelled_by_other`)
 */
export async function giveFeedback(ctx: Ctx, body: FeedbackBody): Promise<FeedbackReply> {
  const right = rightOf(ctx);
  if (body.items !== undefined) {
    const results = await label(ctx, right, body.items, (at) => `items[${at}].`);
    return { results, failed: results.filter((result) => "error" in result).length };
  }
  const { requestId = "", item = 0, label: digit = null } = body;
  const [result] = await label(ctx, right, [{ requestId, item, label: digit }], () => "");
  if (result === undefined) throw new Error("one label has one result");
  if (!("error" in result)) return result;
  const { code, message, field, remedy } = result.error;
  const details = [{ field, problem: message, remedy }];
  if (code === "not_found") throw new NotFoundError(`Request ${requestId}`, { details });
  throw new ConflictError(message, { code, details });
}

/** The scope comes first; nobody known was let in by the route, where predictions are public. */
function rightOf(ctx: Ctx): LabelRight {
  const { actor } = ctx;
  if (actor.type !== "anonymous") requireScope(ctx, "serving:predict");
  const deployments = actor.type === "apiKey" && actor.deployments?.length ? actor.deployments : undefined;
  const askedBy = mayCorrect(ctx) ? null : actorName(actor);
  return { projectId: ctx.projectId, models: confinedToModels(ctx), deployments, askedBy };
}

function mayCorrect({ actor }: Ctx): boolean {
  return hasScope(actor.scopes, "registry:write");
}

async function label(
  ctx: Ctx,
  right: LabelRight,
  items: readonly FeedbackItem[],
  fieldOf: (at: number) => string,
): Promise<Result[]> {
  const ids = await find(ctx, right, items);
  // Of several labels for one prediction the last counts.
  const last = new Map(ids.map((id, at) => [id, at]));
  const given = ids.flatMap((id, at) => {
    const { label } = items[at] ?? {};
    return id === undefined || label === undefined || last.get(id) !== at ? [] : [{ id, label }];
  });
  const by = { actor: actorName(ctx.actor), at: ctx.clock.now(), anybodys: mayCorrect(ctx) };
  const outcomes = given.length === 0 ? new Map<string, LabelOutcome>() : await writeLabels(ctx.pool, given, by);
  return items.map((item, at): Result => {
    const id = ids[at];
    const { requestId, item: place } = item;
    const fault = (code: FeedbackFault["error"]["code"], field: string): Result => ({
      ...{ requestId, item: place },
      error: { code, field: `${fieldOf(at)}${field}`, ...FAULTS[code] },
    });
    if (id === undefined) return fault("not_found", "requestId");
    if (last.get(id) !== at) return fault("repeated", "requestId");
    const status = statusOf(item.label, outcomes.get(id));
    return status === null ? fault("labelled_by_other", "label") : { requestId, item: place, status };
  });
}

/** An answer of this process may still wait to be written: then it is written first. */
async function find(ctx: Ctx, right: LabelRight, items: readonly FeedbackItem[]): Promise<(string | undefined)[]> {
  const ids = await findPredictions(ctx.pool, right, items);
  if (!ids.includes(undefined)) return ids;
  await predictionLog().flush();
  return findPredictions(ctx.pool, right, items);
}

/** Null: somebody else's label is in the way. */
function statusOf(label: number | null, outcome: LabelOutcome | undefined): FeedbackDone["status"] | null {
  const { before = null, written = false } = outcome ?? {};
  if (label === before) return label === null ? "none" : "unchanged";
  if (!written) return null;
  if (label === null) return "withdrawn";
  return before === null ? "recorded" : "changed";
}

const FAULTS: Record<FeedbackFault["error"]["code"], { message: string; remedy: string }> = {
  not_found: {
    message: "No such request is in the log.",
    remedy:
      "Send the requestId of a reply that you got, and of a batch the item's place as well. It is there half a second after the reply, until the log's retention ends; others' requests need the scope registry:write.",
  },
  labelled_by_other: {
    message: "Somebody else labelled this answer otherwise.",
    remedy: "Who has the scope registry:write can correct it.",
  },
  repeated: {
    message: "The same answer is labelled again further on; only the last one counts.",
    remedy: "Send each answer once.",
  },
};
