import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { CardTexts } from "#lib/registry/card-schemas.ts";

export interface CardRow {
  texts: CardTexts;
  revision: number;
  editors: string[];
  updatedBy: string;
  updatedAt: Date;
}

/** What people wrote about a version; null: nothing yet. */
export async function selectCard(ctx: Ctx, versionId: string): Promise<CardRow | null> {
  const [row] = await querySql<CardRow>(
    ctx,
    `SELECT sections AS texts, revision, editors, updated_by AS "updatedBy", updated_at AS "updatedAt"
     FROM model_card WHERE version_id = $1`,
    [versionId],
  );
  return row ?? null;
}

/** Writes the next revision; the editor joins those before. The caller holds the model's row locked. */
export async function upsertCard(tx: Tx, versionId: string, texts: CardTexts, editor: string): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO model_card (version_id, sections, revision, editors, updated_by, updated_at)
     VALUES ($1, $2::jsonb, 1, ARRAY[$3::text], $3, $4)
     ON CONFLICT (version_id) DO UPDATE SET sections = excluded.sections, revision = model_card.revision + 1,
       editors = CASE WHEN $3 = ANY (model_card.editors) THEN model_card.editors
                      ELSE array_append(model_card.editors, $3) END,
       updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
    [versionId, JSON.stringify(texts), editor, tx.clock.now()],
  );
}
