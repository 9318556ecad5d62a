import { requireScope } from "#lib/auth/scopes.ts";
import type { PrepareReply } from "#lib/datasets/schemas.ts";
import type { DatasetSource } from "#lib/datasets/sources.ts";
import { selectNewest } from "#lib/datasets/store.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { emit } from "#lib/platform/outbox.ts";

/** Asks for a dataset: there already, or fetched or drawn by a worker that hears `dataset.requested`. */
export async function requestDataset(ctx: Ctx, input: { source: DatasetSource }): Promise<PrepareReply> {
  requireScope(ctx, "datasets:write");
  const version = await selectNewest(ctx, input.source);
  if (version !== null) {
    return { source: input.source, state: "ready", version };
  }
  await withTransaction(ctx, async (tx) => {
    audit(tx, { action: "dataset.request", subject: `dataset:${input.source}`, detail: {} });
    await emit(tx, "dataset.requested", { projectId: tx.projectId, source: input.source });
  });
  return { source: input.source, state: "queued", version: null };
}
