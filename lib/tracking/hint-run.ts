import type { Ctx } from "#lib/platform/ctx.ts";
import { isTx } from "#lib/platform/db.ts";
import { messageOf } from "#lib/platform/errors.ts";

/** Hints of one process go out at most this often, those of all runs together. */
const EVERY_MS = 200;

interface Hints {
  runIds: Set<string>;
  timer: NodeJS.Timeout | undefined;
}

const hintsOf = new WeakMap<object, Hints>();

/**
 * Tells whoever follows the run to read again: at once when nothing was told lately, else a little later with the others.
 * Apart from what was written, because a commit with NOTIFY holds a lock on the whole database. A hint may get lost with
 * the process; followers read now and then anyway.
 */
export function hintRun(ctx: Ctx, runId: string): void {
  if (isTx(ctx)) {
    ctx.afterCommit.push(() => gather(ctx, runId));
  } else {
    gather(ctx, runId);
  }
}

function gather(ctx: Ctx, runId: string): void {
  const hints = hintsOf.get(ctx.pool) ?? { runIds: new Set<string>(), timer: undefined };
  hintsOf.set(ctx.pool, hints);
  hints.runIds.add(runId);
  if (hints.timer === undefined) send(ctx, hints);
}

function send(ctx: Ctx, hints: Hints): void {
  hints.timer = undefined;
  if (hints.runIds.size === 0) {
    return;
  }
  const runIds = [...hints.runIds];
  hints.runIds.clear();
  hints.timer = setTimeout(() => send(ctx, hints), EVERY_MS).unref();
  ctx.pool
    .query("SELECT pg_notify('assay_run', id) FROM unnest($1::text[]) AS n(id)", [runIds])
    .catch((error: unknown) => ctx.logger.warn({ error: messageOf(error) }, "runs were not announced"));
}
