import { expect } from "vitest";
import { ForbiddenError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { cardDigest } from "#lib/registry/card-digest.ts";
import { CardTexts } from "#lib/registry/card-schemas.ts";
import { editCard } from "#lib/registry/edit-card.ts";
import { digitOnnx, putIntoProduction } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const written = CardTexts.parse({ intendedUse: "Sorting post.", caveats: "Only digits." });

pgTest("an edit is a revision, is on record, and changes the digest", async ({ ctx, db }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const version = { modelName: "digits", version: 1 };
  const { id } = await db.modelVersion.findFirstOrThrow({ where: { projectId: ctx.projectId } });
  const empty = await cardDigest(ctx, { id });
  expect(empty).toMatchObject({ revision: 0, editors: [], completeness: { complete: false } });
  const first = await editCard(ctx, { ...version, texts: written, ifRevision: 0 });
  expect(first).toMatchObject({ revision: 1, texts: written });
  expect(first.completeness.missing).toEqual(["outOfScope", "factors", "ethicalConsiderations"]);
  expect(first.digest).not.toBe(empty.digest);
  expect((await editCard(ctx, { ...version, texts: written, ifRevision: 1 })).revision).toBe(1);
  await expect(editCard(ctx, { ...version, texts: CardTexts.parse({}), ifRevision: 0 })).rejects.toMatchObject({
    code: "card_changed",
  });
  const texts = Object.fromEntries(Object.keys(written).map((key) => [key, "x"]));
  const other = { ...ctx, actor: { ...ctx.actor, type: "worker", id: newId("w") } as const };
  const full = await editCard(other, { ...version, texts: CardTexts.parse(texts) });
  expect(full).toMatchObject({ revision: 2, completeness: { complete: true, missing: [] } });
  expect(full.editors).toHaveLength(2);
  const where = { chain: `project:${ctx.projectId}`, action: "card.edit" };
  expect(await db.auditEvent.count({ where })).toBe(2);
  await expect(editCard(ctx, { ...version, version: 9, texts: written })).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("a reader cannot edit a card", async ({ make }) => {
  const ctx = await make.apiKeyCtx({ scopes: ["registry:read"] });
  await expect(editCard(ctx, { modelName: "digits", version: 1, texts: written })).rejects.toThrow(ForbiddenError);
});
