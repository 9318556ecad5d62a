import type { Bind } from "#lib/platform/filter/compile.ts";

/** One expression that a list is ordered by. Nulls come last either way. */
export interface SortKey {
  /** SQL of our own. A `time` is in whole milliseconds; an `id` is text of ASCII letters and digits, of a fixed length. */
  expression: string;
  type: "text" | "id" | "float8" | "bigint" | "time";
  descending: boolean;
  nullable: boolean;
}

/** The values of a row's sort keys as text; the next page begins after them. */
export type Marks = (string | null)[];

/** `a DESC NULLS LAST, b ASC`. The keys together are unique. `column` names each key; its expression when absent. */
export function orderBy(keys: readonly SortKey[], column?: (index: number) => string): string {
  return keys
    .map(({ expression, type, descending, nullable }, index) => {
      const collation = type === "text" ? ' COLLATE "C"' : "";
      const nulls = nullable ? " NULLS LAST" : "";
      return `${column?.(index) ?? expression}${collation} ${descending ? "DESC" : "ASC"}${nulls}`;
    })
    .join(", ");
}

/** A key's value as text, from an expression that holds it. */
export function markOf({ type }: SortKey, held: string): string {
  return type === "time" ? `(extract(epoch FROM ${held}) * 1000)::bigint::text` : `(${held})::text`;
}

/** The rows that come after the marks. */
export function isAfter(keys: readonly SortKey[], marks: Marks, bind: Bind): string {
  const alternatives = keys.flatMap((key, index) => {
    const mark = marks[index] ?? null;
    const beyond = isBeyond(key, mark, bind);
    const equal = keys.slice(0, index).map((one, place) => isEqual(one, marks[place] ?? null, bind));
    return beyond === undefined ? [] : [`(${[...equal, beyond].join(" AND ")})`];
  });
  return alternatives.length === 0 ? "FALSE" : `(${alternatives.join(" OR ")})`;
}

/** Undefined: nothing comes after a null. */
function isBeyond(key: SortKey, mark: string | null, bind: Bind): string | undefined {
  if (mark === null) return undefined;
  const beyond = `${operand(key)} ${key.descending ? "<" : ">"} ${literal(key, mark, bind)}`;
  return key.nullable ? `(${beyond} OR ${key.expression} IS NULL)` : beyond;
}

function isEqual(key: SortKey, mark: string | null, bind: Bind): string {
  return mark === null ? `${key.expression} IS NULL` : `${operand(key)} = ${literal(key, mark, bind)}`;
}

function operand({ expression, type }: SortKey): string {
  return type === "text" ? `${expression} COLLATE "C"` : expression;
}

function literal({ type }: SortKey, mark: string, bind: Bind): string {
  // As JavaScript writes a number, Postgres reads it: neither too large nor too small.
  const text = `${bind(type === "float8" ? String(Number(mark)) : mark)}::text`;
  if (type === "time") return `(timestamptz 'epoch' + ${text}::bigint * interval '1 millisecond')`;
  return type === "text" || type === "id" ? text : `${text}::${type}`;
}
