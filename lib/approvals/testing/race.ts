import { executeRequest } from "#lib/approvals/execute-request.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import type { Decision } from "#lib/approvals/schemas.ts";
import { ask, makeScene, protect, type Scene, type Someone } from "#lib/approvals/testing/scene.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";

/** What came of one race, as a person reads the record: which event decided, and the state it ended in. */
export type RaceOutcome = "approved, then revoked" | "denied" | "executed" | "revoked before execution";

export interface Lane extends Scene {
  ctx: Ctx;
  versions: [number, number];
}

/** Lanes of one project race at the same time, each for a model version of its own. */
export async function makeLanes(ctx: Ctx, count: number): Promise<Lane[]> {
  const scene = await makeScene(ctx);
  await protect(scene);
  const lanes: Lane[] = [];
  for (let lane = 0; lane < count; lane++) {
    const versions = [await makeVersion(scene.ana.ctx), await makeVersion(scene.ana.ctx)];
    lanes.push({ ...scene, ctx, versions: [versions[0]?.version ?? 0, versions[1]?.version ?? 0] });
  }
  return lanes;
}

/**
 * Asks for approval, and lets one reviewer approve while another denies, the denial ahead or behind by `leadMs`.
 *
 * @throws Error what came of it is not one outcome, told once
 */
export async function raceReviews(
  lane: Lane,
  order: "approve_first" | "deny_first",
  leadMs: number,
): Promise<RaceOutcome> {
  const { id } = await ask(lane, { version: lane.versions[0] });
  const review = (who: Someone, decision: Decision) => () =>
    reviewRequest(who.ctx, { id, decision, comment: "in a race" });
  const both = [review(lane.ben, "approve"), review(lane.cleo, "deny")];
  const [first, second] = order === "approve_first" ? both : both.reverse();
  const results = await Promise.allSettled([first?.(), later(leadMs).then(second)]);
  requireConflicts(results);
  const [approved, denied] = order === "approve_first" ? results : results.toReversed();
  const { state, told } = await readOutcome(lane.ctx, id);
  if (denied?.status === "rejected") throw new Error(`${id}: the denial was lost`);
  const isRevoked = told === "pending>approved approved>revoked" && state === "revoked";
  if (isRevoked && approved?.status === "fulfilled") return "approved, then revoked";
  if (told === "pending>denied" && state === "denied" && approved?.status === "rejected") return "denied";
  throw new Error(`${id} is ${state} after ${told}`);
}

/** Executes an approved request while a reviewer denies it: carried out or revoked, never both, never neither. */
export async function raceExecution(lane: Lane, leadMs: number): Promise<RaceOutcome> {
  const { id } = await ask(lane, { version: lane.versions[1] });
  await reviewRequest(lane.ben.ctx, { id, decision: "approve" });
  const deny = () => reviewRequest(lane.cleo.ctx, { id, decision: "deny", comment: "in a race" });
  const execute = () => executeRequest(lane.ana.ctx, { id });
  const results = await Promise.allSettled([execute(), later(leadMs).then(deny)]);
  requireConflicts(results);
  const [executed, denied] = results;
  const { state, told } = await readOutcome(lane.ctx, id);
  const moves = await lane.ctx.db.stageTransition.count({ where: { approvalId: id, toStage: "Production" } });
  if (state === "executed" && moves === 1 && executed?.status === "fulfilled" && denied?.status === "rejected") {
    return "executed";
  }
  if (state === "revoked" && moves === 0 && executed?.status === "rejected" && denied?.status === "fulfilled") {
    return "revoked before execution";
  }
  throw new Error(`${id} is ${state} with ${moves} moves after ${told}`);
}

/** The loser of a race is told that it lost; anything else is a fault. */
function requireConflicts(results: PromiseSettledResult<unknown>[]): void {
  for (const result of results) {
    if (result.status === "rejected" && !(isAppError(result.reason) && result.reason.kind === "conflict")) {
      throw result.reason;
    }
  }
}

/** The row's state, and every change of state that the record tells of, in order. */
async function readOutcome(ctx: Ctx, id: string): Promise<{ state: string; told: string }> {
  const { state } = await ctx.db.approvalRequest.findUniqueOrThrow({ where: { id }, select: { state: true } });
  const record = await ctx.db.auditEvent.findMany({ where: { subject: `approval:${id}` }, orderBy: { seq: "asc" } });
  const steps = record.flatMap(({ detail }) => {
    if (detail === null || typeof detail !== "object" || Array.isArray(detail)) return [];
    const { from, to } = detail;
    return from === undefined || from === to ? [] : [`${from}>${to}`];
  });
  return { state, told: steps.join(" ") };
}

function later(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
