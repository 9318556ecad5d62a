import { FilterFault } from "#lib/platform/filter/fault.ts";
import type { Comparator, Comparison, FieldType } from "#lib/platform/filter/filter.ts";
import { type Grammar, NUMBER_COMPARATORS, TEXT_COMPARATORS } from "#lib/platform/filter/grammar.ts";
import { type Token, textOf } from "#lib/platform/filter/lex.ts";
import { parseTextList } from "#lib/platform/filter/parse-text-list.ts";
import { inWords, type Resolved, resolveField } from "#lib/platform/filter/resolve-field.ts";
import type { TokenReader } from "#lib/platform/filter/token-reader.ts";

/** The types as refusals name them. */
const NAMES: Record<FieldType, string> = {
  attribute: "attribute",
  tag: "tag",
  param: "parameter",
  metric: "metric",
  dataset: "dataset",
  metadata: "metadata",
  span: "span",
  feedback: "feedback",
  expectation: "expectation",
};

/** `field comparator value`, or `field IS [NOT] NULL`. @throws FilterFault */
export function parseComparison(grammar: Grammar, reader: TokenReader): Comparison {
  const name = reader.next();
  if (name.kind !== "name") {
    throw new FilterFault(
      `Invalid clause(s) in filter string: '${name.raw}'. A comparison begins with a name`,
      name.at,
    );
  }
  if (reader.peek().kind === "end") {
    throw new FilterFault(`Invalid clause(s) in filter string: '${name.raw}'`, name.at);
  }
  const operator = reader.peek();
  const comparator = takeComparator(reader, name.raw);
  const resolved = asOneKind(resolveField(grammar, name, "filter"), comparator);
  const { field } = resolved;
  if (comparator === "IS NULL" || comparator === "IS NOT NULL") {
    requireNullable(grammar, resolved, name.at);
    return { kind: "comparison", field, comparator, value: null };
  }
  const value = takeValue(grammar, reader, resolved, comparator);
  const known = comparator as Comparator;
  const valid = resolved.kind === "number" ? NUMBER_COMPARATORS : TEXT_COMPARATORS;
  if (!valid.includes(comparator)) {
    throw new FilterFault(`Invalid comparator '${comparator}' not one of '${inWords(valid)}'`, operator.at);
  }
  return { kind: "comparison", field, comparator: known, value };
}

function asOneKind(resolved: Resolved, comparator: string): Resolved {
  if (resolved.kind !== "either") return resolved;
  return { ...resolved, kind: ["<", "<=", ">", ">="].includes(comparator) ? "number" : "text" };
}

/** In capitals, with one space between its words. */
function takeComparator(reader: TokenReader, left: string): string {
  const token = reader.peek();
  if (token.kind === "operator") return reader.next().raw;
  const words = reader.isWord("IS") ? (reader.isWord("NOT", 1) ? 3 : 2) : reader.isWord("NOT") ? 2 : 1;
  const taken = Array.from({ length: words }, () => reader.next());
  const comparator = taken.map(({ raw }) => raw.toUpperCase()).join(" ");
  if (["LIKE", "ILIKE", "IN", "NOT IN", "NOT LIKE", "NOT ILIKE", "IS NULL", "IS NOT NULL"].includes(comparator)) {
    return comparator;
  }
  throw new FilterFault(
    `Invalid clause(s) in filter string: '${left}', '${token.raw}'. A comparator is wanted`,
    token.at,
  );
}

function requireNullable(grammar: Grammar, { field }: Resolved, at: number): void {
  if (grammar.nullable.includes(field.type)) return;
  const types = grammar.nullable.map((type) => `${type}s`).join(" and ") || "nothing here";
  throw new FilterFault(
    `IS NULL / IS NOT NULL is only supported for ${types}, not for '${NAMES[field.type]}' '${field.key}'`,
    at,
  );
}

function takeValue(
  grammar: Grammar,
  reader: TokenReader,
  { field, kind }: Resolved,
  comparator: string,
): number | string | string[] {
  const token = reader.peek();
  if (token.kind === "end") {
    throw new FilterFault("Invalid comparison clause. Expected 3 tokens found 2", token.at);
  }
  if (kind === "number") return takeNumber(grammar, reader, field);
  if (comparator === "IN" || comparator === "NOT IN") return parseTextList(reader);
  reader.next();
  const text = textOf(token) ?? (grammar.bareTexts ? bareTextOf(token) : undefined);
  if (text !== undefined) return text;
  if (token.kind === "name") {
    throw new FilterFault(
      "Parameter value is either not quoted or unidentified quote types used for string value " +
        `${token.raw}. Use either single or double quotes.`,
      token.at,
    );
  }
  throw new FilterFault(
    `Expected a quoted string value for ${exampleOf(field.type)}. Got value ${token.raw}`,
    token.at,
  );
}

function takeNumber(grammar: Grammar, reader: TokenReader, field: { type: FieldType; key: string }): number {
  const token = reader.next();
  if (token.kind === "number") return token.value;
  if (grammar.quotedNumbers) {
    const text = textOf(token);
    if (text !== undefined && /^-?\d{1,15}$/.test(text)) return Number(text);
    throw new FilterFault(`Invalid value for numeric attribute '${field.key}': ${token.raw}`, token.at);
  }
  const what = field.type === "metric" ? "metric" : `numeric attribute: ${field.key}`;
  throw new FilterFault(`Expected numeric value type for ${what}. Found ${token.raw}`, token.at);
}

function exampleOf(type: FieldType): string {
  if (type === "attribute") return "attributes";
  return type === "dataset" ? "dataset attributes" : `${NAMES[type]} (e.g. 'my-value')`;
}

function bareTextOf(token: Token): string | undefined {
  return token.kind === "name" || token.kind === "number" ? token.raw : undefined;
}
