import { openRequest, transition } from "#lib/approvals/open-request.ts";
import { checkPolicy, withRiskDefault } from "#lib/approvals/policies/check-policy.ts";
import { tightenedBy } from "#lib/approvals/policies/is-tightened.ts";
import { type Policy, PolicyInput } from "#lib/approvals/policy-schemas.ts";
import { findTightening } from "#lib/approvals/recheck.ts";
import { REQUEST_TRANSITIONS } from "#lib/approvals/status.ts";
import { insertPolicy, lockPolicies, selectNewest, selectPolicy } from "#lib/approvals/store/policies.ts";
import { lockOpenRequests } from "#lib/approvals/store/requests.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError, InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { setProtection } from "#lib/registry/index.ts";

/**
 * Saves a policy as a new version, and protects its target from then on. As one unit: unknown people, or a policy that
 * nobody could satisfy, are refused with the names. Open requests that it asks more of than their own end.
 *
 * @param input.expectedVersion of the policy that was edited (0: none): another one since then is a conflict
 * @throws InvalidError  `policy_unsatisfiable`
 * @throws ConflictError somebody saved in between
 */
export async function savePolicy(
  ctx: Ctx,
  input: PolicyInput & { expectedVersion?: number | undefined },
): Promise<Policy> {
  requireScope(ctx, "admin");
  const { expectedVersion, ...given } = input;
  const parsed = PolicyInput.parse(given);
  const { modelName, target } = parsed;
  const body = withRiskDefault(parsed);
  return withTransaction(ctx, async (tx) => {
    await lockPolicies(tx);
    const { problems } = await checkPolicy(tx, { modelName, target, body });
    if (problems.length > 0) {
      throw new InvalidError("This policy cannot be saved: nobody could satisfy it, or it names who is not there.", {
        code: "policy_unsatisfiable",
        details: problems,
      });
    }
    const before = await selectNewest(tx, modelName, target);
    if (expectedVersion !== undefined && expectedVersion !== (before === null || before.removed ? 0 : before.version)) {
      throw new ConflictError("Somebody changed this policy since you opened it.", {
        code: "policy_changed",
        details: [{ field: "expectedVersion", problem: "is not the newest", remedy: "Read it again." }],
      });
    }
    // Requests before models: the order in which an execution takes them.
    const open = await lockOpenRequests(tx, modelName, target);
    const saved = await append(tx, { modelName, target, body, before, removed: false });
    await setProtection(tx, { modelName, target, policyId: saved.id });
    audit(tx, {
      action: "policy.save",
      subject: `policy:${modelName}/${target}`,
      detail: {
        version: saved.version,
        tightened: before === null ? [] : tightenedBy(before.body, body),
        before: before === null || before.removed ? null : before.body,
        after: body,
      },
    });
    for (const id of open) await endIfTightened(tx, id);
    return saved;
  });
}

/**
 * Removes a policy, on record as a version of its own; its target is free unless the policy for every model still holds.
 *
 * @throws NotFoundError no such policy, or not the one that holds
 */
export async function removePolicy(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "admin");
  await withTransaction(ctx, async (tx) => {
    await lockPolicies(tx);
    const policy = await selectPolicy(tx, input.id);
    const before = policy === null ? null : await selectNewest(tx, policy.modelName, policy.target);
    if (before === null || before.removed || before.id !== input.id) {
      throw new NotFoundError(`Policy ${input.id}`);
    }
    const { modelName, target, body } = before;
    const open = await lockOpenRequests(tx, modelName, target);
    const removed = await append(tx, { modelName, target, body, before, removed: true });
    await setProtection(tx, { modelName, target, policyId: null });
    audit(tx, {
      action: "policy.remove",
      subject: `policy:${modelName}/${target}`,
      detail: { version: removed.version, before: body },
    });
    // The policy for every model, which holds now, may ask more.
    for (const id of open) await endIfTightened(tx, id);
  });
}

async function append(
  tx: Tx,
  policy: Pick<Policy, "modelName" | "target" | "body" | "removed"> & { before: Policy | null },
): Promise<Policy> {
  const { before, ...what } = policy;
  const id = newId("pol");
  await insertPolicy(tx, { ...what, id, version: (before?.version ?? 0) + 1, createdBy: actorName(tx.actor) });
  const saved = await selectPolicy(tx, id);
  if (saved === null) throw new NotFoundError(`Policy ${id}`);
  return saved;
}

async function endIfTightened(tx: Tx, id: string): Promise<void> {
  const open = await openRequest(tx, id);
  if (REQUEST_TRANSITIONS.policy_tightened[open.row.state] !== "invalidated") return;
  const tightened = await findTightening(open);
  if (tightened.length > 0) {
    await transition(open, "policy_tightened", "invalidated", {}, { detail: { tightened } });
  }
}
