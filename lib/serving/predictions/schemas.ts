import { z } from "zod";
import { PageQuery, pageOf } from "#lib/platform/pagination.ts";
import { ServedModel } from "#lib/serving/schemas.ts";

/** Browser-safe: what was answered, as the log has it. */

export const DeploymentParams = z.object({ name: z.string().min(1).max(200) });

/** A moment as ISO 8601, in UTC or with an offset; the same in UTC. Postgres knows no year 0. */
export const Moment = z.iso
  .datetime({ offset: true })
  .transform((at) => new Date(at).toISOString())
  .refine((at) => /^[0-9]{4}/.test(at) && !at.startsWith("0000"), "has to be in the years 1 to 9999");
const ratio = z.number().min(0).max(1);
const digit = z.int().min(0).max(9);

/** What was said about an answer: `right` and `wrong` need a label. */
const OUTCOMES = ["labelled", "right", "wrong", "unlabelled"] as const;

export const PredictionFilter = z.object({
  model: z.string().max(200).optional(),
  version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  /** The answered class. */
  prediction: z.coerce.number().int().min(0).max(9).optional(),
  minConfidence: z.coerce.number().min(0).max(1).optional(),
  maxConfidence: z.coerce.number().min(0).max(1).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  /** Answered from then on, and before. */
  from: Moment.optional(),
  to: Moment.optional(),
  requestId: z.string().max(128).optional(),
});
export type PredictionFilter = z.infer<typeof PredictionFilter>;

export const PredictionQuery = PageQuery.extend({
  ...PredictionFilter.shape,
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PredictionQuery = z.infer<typeof PredictionQuery>;

export const Prediction = z
  .object({
    id: z.string(),
    requestId: z.string(),
    item: z.int().min(0).meta({ description: "Its place within a batch; 0 for a single one." }),
    model: ServedModel,
    armAssigned: z.string().nullable(),
    armServed: z.string().nullable(),
    generation: z.int().nullable(),
    at: z.string(),
    actor: z.string().meta({ description: "Who asked: user:<id>, apiKey:<id> or anonymous." }),
    prediction: digit,
    confidence: ratio,
    probabilities: z.array(z.number()),
    latencyMs: z.number().min(0),
    inputDigest: z
      .string()
      .nullable()
      .meta({ description: "SHA-256 of the 784 pixels, hex; null where the policy leaves inputs out." }),
    input: z.string().nullable().meta({ description: "The 784 pixels in base64; null unless inputs are kept." }),
    label: z.object({ label: digit, by: z.string(), at: z.string() }).nullable(),
  })
  .meta({ id: "Prediction" });
export type Prediction = z.infer<typeof Prediction>;

export const PredictionPage = pageOf(Prediction);
export type PredictionPage = z.infer<typeof PredictionPage>;
