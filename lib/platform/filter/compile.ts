import type { Comparator, Comparison, Filter } from "#lib/platform/filter/filter.ts";

/** Adds a value to a statement's parameters, and gives the placeholder: no text of a caller ever stands in the statement. */
export type Bind = (value: unknown) => string;

/** Parameters and the `bind` that fills them. */
export function parameters(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

/** The condition of a whole filter from those of its comparisons. */
export function compileFilter(filter: Filter, condition: (comparison: Comparison) => string): string {
  if (filter.kind === "comparison") return condition(filter);
  if (filter.parts.length === 0) return "TRUE";
  return `(${filter.parts.map((part) => compileFilter(part, condition)).join(filter.kind === "and" ? " AND " : " OR ")})`;
}

/** `expression` is SQL of our own. A number is a float8, of which NaN answers to `!=` only. A null answers to nothing. */
export function compare(
  expression: string,
  { comparator, value }: Pick<Comparison, "comparator" | "value">,
  bind: Bind,
): string {
  if (typeof value === "number") return compareNumber(expression, comparator, `${bind(String(value))}::text::float8`);
  if (Array.isArray(value)) {
    return `${expression} ${comparator === "IN" ? "= ANY" : "<> ALL"}(${bind(value)}::text[])`;
  }
  // Without an escape every backslash is one, and no pattern is malformed.
  const literal = comparator === "LIKE" || comparator === "ILIKE" ? " ESCAPE ''" : "";
  return `${expression} ${comparator === "!=" ? "<>" : comparator} ${bind(value)}::text${literal}`;
}

function compareNumber(expression: string, comparator: Comparator, value: string): string {
  const comparison = `${expression} ${comparator === "!=" ? "<>" : comparator} ${value}`;
  // Postgres holds NaN for the highest number.
  return comparator === ">" || comparator === ">=" ? `(${comparison} AND ${expression} < 'NaN')` : comparison;
}
