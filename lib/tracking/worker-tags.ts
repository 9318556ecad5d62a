import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { isClient } from "#lib/tracking/is-client.ts";
import type { RunRow } from "#lib/tracking/store/runs.ts";

/** What a worker says of how it trained: a version's lineage, and the test set that approvals compare on, follow from it. */
const WORKER_TAGS: readonly string[] = [
  ...["dataset", "dataset.version", "dataset.digest", "dataset.synthetic"],
  ...["code.revision", "engine", "strategy", "strategy_run"],
];

/**
 * Of a run that a worker does, these tags are evidence, which no client writes or removes.
 *
 * @throws ConflictError `run_managed`
 */
export function requireNoWorkerTags(ctx: Ctx, run: RunRow, keys: readonly string[]): void {
  const found = keys.filter((key) => WORKER_TAGS.includes(key));
  if (!run.managed || !isClient(ctx) || found.length === 0) return;
  throw new ConflictError(`A worker does run ${run.id}: ${found.join(", ")} is not a client's to change.`, {
    code: "run_managed",
    details: found.map((key) => ({
      field: `tags.${key}`,
      problem: "says how the run was trained",
      remedy: "Use another name for a tag of your own.",
    })),
  });
}
