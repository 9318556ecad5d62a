/** A filter as it is understood: what `parseFilter` makes of its text, and stores make SQL of. */

export type FieldType =
  | "attribute"
  | "tag"
  | "param"
  | "metric"
  | "dataset"
  | "metadata"
  | "span"
  | "feedback"
  | "expectation";

/** Which value of a series is compared: the newest, or the lowest or highest of all its finite points. */
export type Point = "last" | "min" | "max";

/** What stands on the left of a comparison, or is ordered by. */
export interface Field {
  type: FieldType;
  /** Of an attribute its one true name, whichever alias was written. */
  key: string;
  /** `last` for whatever is not a metric. */
  point: Point;
}

export type Comparator =
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "LIKE"
  | "ILIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

export interface Comparison {
  kind: "comparison";
  field: Field;
  comparator: Comparator;
  /** A number for numeric fields, texts for IN and NOT IN, null for IS NULL and IS NOT NULL. */
  value: number | string | string[] | null;
}

/** `and` of nothing is true of everything. */
export interface Group {
  kind: "and" | "or";
  parts: Filter[];
}

export type Filter = Comparison | Group;

/** One field of an order, and its direction. */
export interface OrderTerm {
  field: Field;
  descending: boolean;
}

/** Every comparison of a filter, in the order of its text. */
export function comparisonsOf(filter: Filter): Comparison[] {
  return filter.kind === "comparison" ? [filter] : filter.parts.flatMap(comparisonsOf);
}
