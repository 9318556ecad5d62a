import type { FieldType } from "#lib/platform/filter/filter.ts";

/** An attribute that may be filtered or ordered by. */
export interface Attribute {
  /** `either`: a number when greater or less is asked, else a text. */
  kind: "text" | "number" | "either";
  /** Its true name when the key is an alias. */
  is?: string;
  /** Only in filters, or only in orders; both unless told. */
  only?: "filter" | "order";
}

/** What the filters and orders of one kind of thing may name. */
export interface Grammar {
  /** The words before the dot, and what they mean. */
  types: ReadonlyMap<string, FieldType>;
  attributes: ReadonlyMap<string, Attribute>;
  /** Which types IS NULL takes. */
  nullable: readonly FieldType[];
  /** Types that an order may name. */
  orderable: readonly FieldType[];
  /** The types as a refusal names them: `Valid values are ['metric', …]`. */
  typesInWords: string;
  /** A metric may be taken at its lowest or highest point: `metrics.loss@min`. */
  points?: true;
  /** A number may be written as text: `version_number = '3'`. */
  quotedNumbers?: true;
  /** A text may be written without quotes: `name = mine`. */
  bareTexts?: true;
}

/** The keys that a dataset is found by. */
export const DATASET_KEYS = ["context", "digest", "name"];

/** The keys that a span is found by, beside `attributes.<name>`. */
export const SPAN_KEYS = ["content", "name", "status", "type"];

export const NUMBER_COMPARATORS = ["!=", "<", "<=", "=", ">", ">="];
export const TEXT_COMPARATORS = ["!=", "=", "ILIKE", "IN", "LIKE", "NOT IN"];
