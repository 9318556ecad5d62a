import { constants, inflateSync } from "node:zlib";
import { expect } from "vitest";
import { approvalFacts } from "#lib/api/approval-facts.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { cardMarkdown } from "#lib/record/card-markdown.ts";
import { cardPdf } from "#lib/record/card-pdf.ts";
import { getCard } from "#lib/record/get-card.ts";
import { ModelCard } from "#lib/record/schemas.ts";
import { CardTexts } from "#lib/registry/card-schemas.ts";
import { editCard } from "#lib/registry/edit-card.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { claimRun } from "#lib/training/claim-run.ts";
import { finishRun } from "#lib/training/settle-run.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { evaluationOf } from "#lib/training/testing/reports.ts";
import { smallRun } from "#lib/training/testing/seed-digits.ts";

const version = { name: "digits", version: 1 };

pgTest("a card is made of the record and of what people wrote", async ({ ctx, make }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const claim = await claimRun(ctx, { runId, workerId: "host/1/test" });
  if ("skipped" in claim) throw new Error(claim.skipped);
  const worker: Ctx = { ...ctx, actor: { type: "system", id: "worker", scopes: ["admin"] } };
  await putArtifact(worker, { runId, path: "model/model.onnx", source: Buffer.from("onnx") });
  await finishRun(worker, { runId, attempt: claim.attempt }, 2, evaluationOf(0.9));
  await registerVersion(ctx, { modelName: "digits", runId });
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production", reason: "first" });
  const texts = CardTexts.parse({ intendedUse: "# Sorting | post\nin Łódź, Αθήνα, Київ and 東京 😀" });
  await editCard(ctx, { modelName: "digits", version: 1, texts });

  const card = await getCard(ctx, version, approvalFacts);
  expect(ModelCard.parse(card)).toEqual(card);
  expect(card).toMatchObject({
    revision: 1,
    completeness: { complete: false },
    texts,
    approvals: [{ to: "Production" }],
  });
  expect(card.metrics?.accuracy.low).toBeLessThan(card.metrics?.accuracy.value ?? 0);
  expect(card.perClass[3]?.recallInterval).toMatchObject({ value: 0.1 });
  expect(card.details.find((fact) => fact.name === "Training run")?.value).toBe(runId);

  const markdown = cardMarkdown(card);
  const titles = [...markdown.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  expect(titles).toEqual([
    "Model details",
    "Intended use",
    "Out-of-scope use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
    "Approvals",
  ]);
  expect(markdown).toContain("### Sorting | post");
  expect(markdown).toMatch(/\| \*\*9\*\* \| 1 \| 1/);

  const pdf = await cardPdf(card);
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  const text = pdf.toString("latin1");
  expect(text.match(/\/Type \/Page\b/g)?.length).toBeGreaterThanOrEqual(2);
  expect(text).toContain("/ToUnicode");
  expect(text).toContain("/StructTreeRoot");
  // The map back from glyphs to text knows the letters, so that the text can be searched and copied.
  // A stream may end in what looks like a line's end: its last byte is not missed.
  const maps = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, body]) => {
    try {
      return [
        inflateSync(Buffer.from(body ?? "", "latin1"), { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1"),
      ];
    } catch {
      return [];
    }
  });
  const unicode = maps
    .filter((map) => map.includes("beginbfrange"))
    .join("")
    .toLowerCase();
  for (const letter of ["Ł", "Α", "К", "→"]) {
    expect(unicode, letter).toContain((letter.codePointAt(0) ?? 0).toString(16).padStart(4, "0"));
  }
  const none = await make.apiKeyCtx({ scopes: ["registry:read"] });
  await expect(getCard(none, version, approvalFacts)).rejects.toMatchObject({ kind: "forbidden" });
});

pgTest("a version without a run has a card as well", async ({ ctx }) => {
  const { digitOnnx, putIntoProduction } = await import("#lib/testing/digit-model.ts");
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const card = await getCard(ctx, version, approvalFacts);
  expect(card).toMatchObject({ metrics: null, perClass: [], confusion: [], approvals: [] });
  expect((await cardPdf(card)).length).toBeGreaterThan(1_000);
  expect(cardMarkdown(card)).toContain("holds no evaluation");
});
