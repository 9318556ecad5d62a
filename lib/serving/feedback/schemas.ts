import { z } from "zod";
import { CalibrationBin } from "#lib/engine/schemas.ts";
import { Moment } from "#lib/serving/predictions/schemas.ts";
import { ServedModel } from "#lib/serving/schemas.ts";

/** Browser-safe: what answers should have been, and what follows from it. */

const BULK_LIMIT = 1_000;
const digit = z.int().min(0).max(9);
const ratio = z.number().min(0).max(1);

const requestId = z.string().min(1).max(128);
const item = z.int().min(0).max(999);
const label = digit.nullable().meta({ description: "What the answer should have been; null takes the label back." });

const FeedbackItem = z.strictObject({ requestId, item: item.default(0), label });
export type FeedbackItem = z.infer<typeof FeedbackItem>;

/** One label, or up to 1,000 as `items`. `item` is the place within a batch. */
export const FeedbackBody = z
  .strictObject({
    requestId: requestId.optional(),
    item: item.optional(),
    label: label.optional(),
    items: z.array(FeedbackItem).min(1).max(BULK_LIMIT).optional(),
  })
  .superRefine((body, at) => {
    const problem = (field: string, message: string) => at.addIssue({ code: "custom", path: [field], message });
    if (body.items !== undefined) {
      const beside = (["requestId", "item", "label"] as const).find((field) => body[field] !== undefined);
      if (beside !== undefined) problem(beside, "Send either items, or requestId and label.");
      return;
    }
    if (body.requestId === undefined) problem("requestId", "Name the request: the requestId of its reply.");
    if (body.label === undefined) problem("label", "Send the right digit, or null to take the label back.");
  });
export type FeedbackBody = z.infer<typeof FeedbackBody>;

const named = { requestId: z.string(), item: z.int().min(0) };

export const FeedbackDone = z.object({
  ...named,
  /** `none`: there was no label to take back. */
  status: z.enum(["recorded", "changed", "unchanged", "withdrawn", "none"]),
});
export type FeedbackDone = z.infer<typeof FeedbackDone>;

const FeedbackFault = z.object({
  ...named,
  error: z.object({
    code: z.enum(["not_found", "labelled_by_other", "repeated"]),
    message: z.string(),
    field: z.string(),
    remedy: z.string(),
  }),
});
export type FeedbackFault = z.infer<typeof FeedbackFault>;

export const FeedbackReply = z.union([
  FeedbackDone,
  z.object({
    /** In the order of the items. */
    results: z.array(z.union([FeedbackDone, FeedbackFault])),
    failed: z.int().min(0),
  }),
]);
export type FeedbackReply = z.infer<typeof FeedbackReply>;

export const AccuracyQuery = z.object({
  model: z.string().max(200).optional(),
  version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  /** Answered from then on, and before. */
  from: Moment.optional(),
  to: Moment.optional(),
  /** Whether labels count that nobody known gave. */
  anonymous: z.enum(["include", "exclude"]).default("include"),
});
export type AccuracyQuery = z.infer<typeof AccuracyQuery>;

export const VersionAccuracy = z
  .object({
    model: ServedModel,
    labelled: z.int().min(1),
    /** Labels among them that nobody known gave. */
    anonymous: z.int().min(0),
    correct: z.int().min(0),
    accuracy: z
      .object({ estimate: ratio, lower: ratio, upper: ratio })
      .meta({ description: "Share of right answers with Wilson's interval at 95 %." }),
    confusion: z
      .array(z.array(z.int().min(0)).length(10))
      .length(10)
      .meta({ description: "confusion[label][prediction], counts." }),
    calibrationError: ratio.meta({ description: "Expected calibration error over 15 equal bins of confidence." }),
    calibrationBins: z.array(CalibrationBin).length(15),
  })
  .meta({ id: "VersionAccuracy" });
export type VersionAccuracy = z.infer<typeof VersionAccuracy>;

export const Accuracy = z.object({
  deployment: z.string(),
  /** Newest version first. Only labelled answers count; a version without any is not listed. */
  versions: z.array(VersionAccuracy),
});
export type Accuracy = z.infer<typeof Accuracy>;
