import { FilterFault } from "#lib/platform/filter/fault.ts";
import type { Field, FieldType, Point } from "#lib/platform/filter/filter.ts";
import { type Attribute, DATASET_KEYS, type Grammar, SPAN_KEYS } from "#lib/platform/filter/grammar.ts";
import type { NamePart, Token } from "#lib/platform/filter/lex.ts";

type Name = Extract<Token, { kind: "name" }>;

/** A field, and how its values are written. */
export interface Resolved {
  field: Field;
  kind: Attribute["kind"];
}

/**
 * What a name means: without a dot an attribute, else what stands before the first dot says which kind of key follows.
 *
 * @throws FilterFault there is no such thing
 */
export function resolveField(grammar: Grammar, name: Name, use: "filter" | "order"): Resolved {
  const [first, ...rest] = name.parts;
  const { at } = name;
  if (first === undefined || rest.length === 0) return attribute(grammar, name, name.parts, use);
  const type = first.quote === '"' ? undefined : grammar.types.get(first.text);
  if (type === undefined) {
    const word = first.quote === '"' ? `"${first.text}"` : first.text;
    throw new FilterFault(`Invalid entity type '${word}'. ${grammar.typesInWords}`, at);
  }
  if (type === "attribute") return attribute(grammar, name, rest, use);
  const key = keyOf(rest);
  const point = pointOf(grammar, name, type);
  if (type === "dataset" && !DATASET_KEYS.includes(key)) {
    throw new FilterFault(`Invalid dataset key '${key}' specified. Valid keys are '${inWords(DATASET_KEYS)}'`, at);
  }
  if (type === "span" && !SPAN_KEYS.includes(key) && !/^attributes\../s.test(key)) {
    const keys = "name, status, type, attributes.<attribute_name>";
    throw new FilterFault(`Invalid span attribute '${key}'. Supported attributes: ${keys}.`, at);
  }
  return { field: { type, key, point }, kind: KINDS[type] ?? "text" };
}

const KINDS: { [type in FieldType]?: Attribute["kind"] } = {
  metric: "number",
  feedback: "either",
  expectation: "either",
};

function attribute(grammar: Grammar, name: Name, parts: readonly NamePart[], use: "filter" | "order"): Resolved {
  const key = keyOf(parts);
  const point = pointOf(grammar, name, "attribute");
  const found = grammar.attributes.get(key);
  if (found === undefined || (found.only !== undefined && found.only !== use)) {
    const valid = [...grammar.attributes].filter(([, { only }]) => only === undefined || only === use);
    const keys = inWords(valid.map(([one]) => one));
    throw new FilterFault(`Invalid attribute key '${key}' specified. Valid keys are '${keys}'`, name.at);
  }
  return { field: { type: "attribute", key: found.is ?? key, point }, kind: found.kind };
}

function pointOf(grammar: Grammar, name: Name, type: FieldType): Point {
  const { point, at } = name;
  if (point === undefined) return "last";
  if (type === "metric" && grammar.points && (point === "min" || point === "max" || point === "last")) return point;
  throw new FilterFault(
    type === "metric" && grammar.points
      ? `Invalid point '@${point}' of a metric. Valid points are '@last', '@max' and '@min'`
      : `'@${point}' is of the metrics of runs only`,
    at,
  );
}

/** A key of several bare parts holds the dots between them. */
function keyOf(parts: readonly NamePart[]): string {
  return parts.map(({ text }) => text).join(".");
}

/** As the protocol's own server writes a set. */
export function inWords(items: readonly string[]): string {
  return `{${[...items]
    .sort()
    .map((item) => `'${item}'`)
    .join(", ")}}`;
}
