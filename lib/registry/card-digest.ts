import { createHash } from "node:crypto";
import { requireScope } from "#lib/auth/scopes.ts";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { CARD_TEXTS, type CardCompleteness, CardTexts } from "#lib/registry/card-schemas.ts";
import { type CardRow, selectCard } from "#lib/registry/store/cards.ts";

/** The part of a model card that people write, with what an approval needs of it. */
export interface CardState {
  /** Counts the edits; 0: nobody has written anything. */
  revision: number;
  /** SHA-256 of the texts: the factual sections follow from the version, which an approval names anyway. */
  digest: string;
  completeness: CardCompleteness;
  /** Actors: whoever edited it is a contributor. */
  editors: string[];
  updatedBy: string | null;
  updatedAt: string | null;
  texts: CardTexts;
}

/** The card's state by the version's id (`mv_…`). */
export async function cardDigest(ctx: Ctx, version: { id: string }): Promise<CardState> {
  requireScope(ctx, "registry:read");
  return toCardState(await selectCard(ctx, version.id));
}

export function toCardState(row: CardRow | null): CardState {
  const texts = CardTexts.parse(row?.texts ?? {});
  const missing = CARD_TEXTS.filter((key) => texts[key].trim() === "");
  return {
    revision: row?.revision ?? 0,
    digest: createHash("sha256")
      .update(`assay-card-v1\n${canonicalJson(texts)}`)
      .digest("hex"),
    completeness: { complete: missing.length === 0, missing },
    editors: row?.editors ?? [],
    updatedBy: row?.updatedBy ?? null,
    updatedAt: row?.updatedAt.toISOString() ?? null,
    texts,
  };
}
