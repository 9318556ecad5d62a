import { z } from "zod";
import { storableText } from "#lib/tracking/traces/span-draft.ts";

/** Fields of spans in JSON. */

export const SpanText = z.string().transform(storableText);
export const Int32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
/** Unix nanoseconds: digits, or a number; 0 when absent. */
export const Nanoseconds = z
  .union([z.string().regex(/^[0-9]{1,20}$/), z.int().min(0)])
  .nullish()
  .transform((time) => BigInt(time ?? 0));
