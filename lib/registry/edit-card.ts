import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError, PreconditionFailedError } from "#lib/platform/errors.ts";
import { emit } from "#lib/platform/outbox.ts";
import { type CardState, toCardState } from "#lib/registry/card-digest.ts";
import { CARD_TEXTS, CardTexts } from "#lib/registry/card-schemas.ts";
import { selectCard, upsertCard } from "#lib/registry/store/cards.ts";
import { lockModel, selectVersion } from "#lib/registry/store.ts";

export interface EditCardInput {
  modelName: string;
  version: number;
  texts: CardTexts;
  /** The revision that the writer saw; absent: whatever there is is replaced. */
  ifRevision?: number | undefined;
}

/**
 * Replaces what people wrote about a version. The same texts again are no edit. Requests that cover the card hear of it by
 * `card.edited`.
 *
 * @throws NotFoundError           no such version in the project
 * @throws PreconditionFailedError somebody else edited it since `ifRevision`
 */
export async function editCard(ctx: Ctx, input: EditCardInput): Promise<CardState> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.modelName);
  const texts = CardTexts.parse(input.texts);
  return withTransaction(ctx, async (tx) => {
    const modelId = await lockModel(tx, input.modelName);
    const version = modelId === null ? null : await selectVersion(tx, input.modelName, { version: input.version });
    if (version === null) {
      throw new NotFoundError(`Version ${input.version} of ${input.modelName}`);
    }
    const before = toCardState(await selectCard(tx, version.id));
    if (input.ifRevision !== undefined && input.ifRevision !== before.revision) {
      throw new PreconditionFailedError(
        `The card is at revision ${before.revision}, and you edited revision ${input.ifRevision}.`,
        {
          code: "card_changed",
          details: [
            {
              field: "If-Match",
              problem: `the card is at revision ${before.revision} now`,
              remedy: "Read the card again, put your changes into it and send them with its revision.",
            },
          ],
        },
      );
    }
    const changed = CARD_TEXTS.filter((key) => texts[key] !== before.texts[key]);
    if (changed.length === 0) {
      return before;
    }
    await upsertCard(tx, version.id, texts, actorName(tx.actor));
    const after = toCardState(await selectCard(tx, version.id));
    audit(tx, {
      action: "card.edit",
      subject: `version:${input.modelName}/${input.version}`,
      detail: { revision: after.revision, sections: changed, before: before.digest, after: after.digest },
    });
    const { projectId } = tx;
    await emit(tx, "card.edited", { projectId, modelName: input.modelName, version: input.version });
    return after;
  });
}
