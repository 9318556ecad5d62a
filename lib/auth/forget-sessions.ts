import type { Tx } from "#lib/platform/ctx.ts";
import { notify } from "#lib/platform/notify.ts";
import { getRuntime, hasRuntime, type Runtime } from "#lib/platform/runtime.ts";

/**
 * Tells every process what it must read again: a session or key by its id, or all of a person's by theirs; everything
 * when empty, as after a lost connection.
 */
const SESSION_CHANNEL = "assay_session";

type Forget = (id: string) => void;

/** Who remembers sessions in this process. */
const rememberers = (runtime: Runtime) => runtime.singleton("auth.rememberers", () => new Set<Forget>());

/** Calls `forget` for what is not true any more: at once for what this process did, on NOTIFY for what others did. */
export function onForgotten(runtime: Runtime, forget: Forget): Promise<unknown> {
  rememberers(runtime).add(forget);
  return runtime.notify.listen(SESSION_CHANNEL, forget);
}

/**
 * Makes every process read a session, a key or all of a person's again once the transaction is committed. This process has
 * forgotten them when the verb returns: whoever did it sees it with their next request.
 */
export async function forgetSessions(tx: Tx, id: string): Promise<void> {
  await notify(tx.db, SESSION_CHANNEL, id);
  tx.afterCommit.push(() => {
    if (hasRuntime()) for (const forget of rememberers(getRuntime())) forget(id);
  });
}
