import { z } from "zod";
import { Routed } from "#lib/serving/traffic/schemas.ts";

/** Browser-safe: what the room takes and gives. Confidence and probabilities are fractions in 0..1. */

const inputForms = {
  /** Base64 of a PNG or JPEG of any size up to 16 megapixels; a `data:` URL is taken too. */
  image: z.string().min(1).optional().meta({ description: "Base64 of a PNG or JPEG: one digit, either polarity." }),
  /** 784 numbers 0..255, row-major 28×28, white ink on black, taken as they are. */
  pixels: z
    .array(z.number())
    .optional()
    .meta({ description: "784 numbers 0..255, row by row, white ink on black, as MNIST has it." }),
};

const onlyOne = { error: "Send either image or pixels.", path: ["image"] };

export const PredictBody = z
  .strictObject(inputForms)
  .refine((body) => (body.image === undefined) !== (body.pixels === undefined), onlyOne);
export type PredictBody = z.infer<typeof PredictBody>;

const BATCH_LIMIT = 1_000;
/** Items are checked one by one: a bad one is reported in its place and costs the others nothing. */
export const BatchPredictBody = z.strictObject({
  items: z.array(z.strictObject(inputForms)).min(1).max(BATCH_LIMIT),
});
export type BatchPredictBody = z.infer<typeof BatchPredictBody>;

export const ServedModel = z.object({ name: z.string(), version: z.int().min(1) });
export type ServedModel = z.infer<typeof ServedModel>;

export const Answer = z.object({
  prediction: z.int().min(0).max(9),
  confidence: z.number().min(0).max(1),
  probabilities: z.array(z.number()).length(10),
});
export type Answer = z.infer<typeof Answer>;

const replyEnd = { model: ServedModel, deployment: Routed, requestId: z.string(), latencyMs: z.number().min(0) };

export const PredictReply = Answer.extend(replyEnd);
export type PredictReply = z.infer<typeof PredictReply>;

const ItemFault = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string(), remedy: z.string() }),
});

export const BatchPredictReply = z.object({
  /** In the order of the items. */
  predictions: z.array(z.union([Answer, ItemFault])),
  failed: z.int().min(0),
  ...replyEnd,
});
export type BatchPredictReply = z.infer<typeof BatchPredictReply>;

export const PredictionStats = z.object({
  /** Since midnight UTC. */
  today: z.int().min(0),
  lastHour: z.int().min(0),
  /** Mean of today's confidences; null without predictions. */
  meanConfidence: z.number().nullable(),
  /** Predictions of today by digit. */
  byClass: z.array(z.int().min(0)).length(10),
});
export type PredictionStats = z.infer<typeof PredictionStats>;
