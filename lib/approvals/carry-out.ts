import { openRequest, transition } from "#lib/approvals/open-request.ts";
import { changedFields, findTightening } from "#lib/approvals/recheck.ts";
import { changedSince, refusalOf } from "#lib/approvals/refusals.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { type AppError, isAppError } from "#lib/platform/errors.ts";
import { setAlias, setStage, wasMovedBy } from "#lib/registry/index.ts";
import type { Stage } from "#lib/registry/status.ts";

/**
 * Does what an executing request asks for, and uses it up, in one transaction: digest and policy are compared again with
 * both rows locked, and the registry asks for itself whether the request is being carried out. Any number of processes may
 * call this for the same request: one acts, the others find it done. What cannot be done fails the request; what only could
 * not be done now (a lost connection) leaves it for the keeper.
 */
export async function carryOut(ctx: Ctx, input: { id: string }): Promise<void> {
  try {
    await withTransaction(ctx, (tx) => act(tx, input.id));
  } catch (error) {
    if (!isAppError(error) || error.kind === "unavailable") throw error;
    await withTransaction(ctx, (tx) => fail(tx, input.id, error));
  }
}

async function act(tx: Tx, id: string): Promise<void> {
  const open = await openRequest(tx, id);
  const { row, subjectNow } = open;
  if (row.state !== "executing") return;
  // A crash between the move and this mark cannot be, since both are one transaction; asked all the same.
  if (!(await wasMovedBy(tx, { approvalId: id }))) {
    if (subjectNow.digest !== row.subjectDigest) throw changedSince(row, changedFields(open));
    if ((await findTightening(open)).length > 0) throw refusalOf("policy_tightened", row) ?? changedSince(row);
    await move(tx, row);
  }
  await transition(open, "execution_ok", "executed");
}

async function move(tx: Tx, row: RequestRow): Promise<void> {
  const { modelName, modelVersion: version, target, reason, id: approvalId } = row;
  const [kind, name = ""] = target.split(":");
  const what = { modelName, version, reason, approvalId };
  if (kind === "stage") {
    await setStage(tx, { ...what, stage: name as Stage });
  } else {
    await setAlias(tx, { ...what, alias: name });
  }
}

async function fail(tx: Tx, id: string, error: AppError): Promise<void> {
  const open = await openRequest(tx, id);
  if (open.row.state !== "executing") return;
  const { code, message } = error;
  if (code === "changed_since") {
    const detail = { changed: changedFields(open) };
    await transition(open, "subject_changed", "executing", {}, { actor: "system:approvals", detail });
    tx.logger.error({ requestId: id, ...detail }, "what was approved has changed while it was being carried out");
  }
  await transition(open, "execution_failed", "failed", { error: { code, message } }, { detail: { code, message } });
}
