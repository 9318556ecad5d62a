import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import type { ModelSummary, Risk } from "#lib/registry/schemas.ts";
import { updateModelFacts } from "#lib/registry/store/aliases.ts";
import { lockModel, selectModel } from "#lib/registry/store.ts";

/**
 * Describes a model, or sets its risk. Policies may ask more of a risky model, so the risk is an admin's to set; open
 * approval requests were made under the old one and end.
 *
 * @throws NotFoundError no such model in the project
 */
export async function updateModel(
  ctx: Ctx,
  input: { name: string; description?: string | undefined; risk?: Risk | undefined },
): Promise<ModelSummary> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  if (input.risk !== undefined) requireScope(ctx, "admin");
  return withTransaction(ctx, async (tx) => {
    const modelId = await lockModel(tx, input.name);
    const before = await selectModel(tx, input.name);
    if (modelId === null || before === null) {
      throw new NotFoundError(`Model ${input.name}`);
    }
    await updateModelFacts(tx, modelId, input);
    const { id: _, ...after } = (await selectModel(tx, input.name)) ?? before;
    if (after.risk !== before.risk || after.description !== before.description) {
      audit(tx, {
        action: "model.update",
        subject: `model:${input.name}`,
        detail: {
          before: { risk: before.risk, description: before.description },
          after: { risk: after.risk, description: after.description },
        },
      });
    }
    return after;
  });
}
