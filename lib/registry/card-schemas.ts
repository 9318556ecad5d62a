import { z } from "zod";

/** Browser-safe: the sections of a model card (Mitchell et al. 2019) that people write. */

/** What people write; the rest is made from the record. */
export const CARD_TEXTS = ["intendedUse", "outOfScope", "factors", "ethicalConsiderations", "caveats"] as const;
export type CardTextKey = (typeof CARD_TEXTS)[number];

export const CardCompleteness = z.object({
  complete: z.boolean(),
  /** What is still to be written. */
  missing: z.array(z.enum(CARD_TEXTS)),
});
export type CardCompleteness = z.infer<typeof CardCompleteness>;

const cardText = z.string().max(20_000);
/** Plain text or Markdown; empty: not written yet. */
export const CardTexts = z.strictObject({
  intendedUse: cardText.default(""),
  outOfScope: cardText.default(""),
  factors: cardText.default(""),
  ethicalConsiderations: cardText.default(""),
  caveats: cardText.default(""),
});
export type CardTexts = z.infer<typeof CardTexts>;
