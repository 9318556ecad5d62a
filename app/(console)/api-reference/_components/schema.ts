/** The part of JSON Schema that our document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  prefixItems?: Schema[];
  additionalProperties?: boolean | Schema;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

export type Schemas = Record<string, Schema>;

export interface Field {
  /** `runs[].metrics.*`: the path from the body's root. */
  path: string;
  type: string;
  required: boolean;
  /** Description, limits and default in words. */
  note: string;
}

const MAX_DEPTH = 6;

/** Follows references and folds `allOf` into one object. */
function resolve(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
    return target === undefined ? {} : resolve(target, schemas);
  }
  if (schema.allOf === undefined) return schema;
  const { allOf, ...own } = schema;
  const parts = [...allOf.map((part) => resolve(part, schemas)), own];
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required ?? []),
  });
}

/** A type in one word or a few: `string`, `integer or null`, `list of number`, `"a" or "b"`. */
export function typeText(given: Schema, schemas: Schemas): string {
  const schema = resolve(given, schemas);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map((branch) => typeText(branch, schemas)))].join(" or ");
  if (schema.prefixItems !== undefined) {
    return `list of ${schema.prefixItems.map((item) => typeText(item, schemas)).join(", ")}`;
  }
  if (schema.type === "array") return schema.items ? `list of ${typeText(schema.items, schemas)}` : "list";
  const named = Array.isArray(schema.type) ? schema.type.join(" or ") : schema.type;
  if (named === undefined) return schema.properties === undefined ? "anything" : "object";
  return schema.format === undefined ? named : `${named} (${schema.format})`;
}

/** Every field of an object, nested ones by their path. */
export function fieldsOf(given: Schema, schemas: Schemas): Field[] {
  return nested(given, schemas, "", 0);
}

function nested(given: Schema, schemas: Schemas, prefix: string, depth: number): Field[] {
  const schema = resolve(given, schemas);
  if (depth > MAX_DEPTH) return [];
  if (schema.type === "array" && schema.items !== undefined) {
    return nested(schema.items, schemas, `${prefix}[]`, depth + 1);
  }
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) {
    const all = branches.flatMap((branch) => nested(branch, schemas, prefix, depth + 1));
    return all.filter((field, index) => all.findIndex((other) => other.path === field.path) === index);
  }
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const field: Field = {
      path,
      type: typeText(property, schemas),
      required: schema.required?.includes(name) ?? false,
      note: noteOf(resolve(property, schemas), property.description),
    };
    return [field, ...nested(property, schemas, path, depth + 1)];
  });
  if (typeof schema.additionalProperties !== "object") return own;
  return [...own, ...nested(schema.additionalProperties, schemas, prefix === "" ? "*" : `${prefix}.*`, depth + 1)];
}

/** What the type does not say. */
export function noteOf(schema: Schema, description = schema.description): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const parts = [
    description?.replace(/\.$/, ""),
    rangeText(minimum, maximum, ""),
    rangeText(minLength, maxLength, " characters"),
    rangeText(minItems, maxItems, " items"),
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ];
  return parts.filter((part) => part !== undefined && part !== "").join("; ");
}

function rangeText(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  const shown = (value: number | undefined) =>
    value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
  const [low, high] = [shown(least), shown(most)];
  if (low !== undefined && high !== undefined) return low === high ? `${low}${unit}` : `${low} to ${high}${unit}`;
  if (low !== undefined) return `at least ${low}${low === 1 ? unit.replace(/s$/, "") : unit}`;
  return high === undefined ? undefined : `at most ${high}${unit}`;
}

/** A value of the schema, with what is required and no more; it is for reading and for the curl line. */
export function exampleOf(given: Schema, schemas: Schemas, depth = 0): unknown {
  const schema = resolve(given, schemas);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const branch = (schema.anyOf ?? schema.oneOf)?.[0];
  if (branch !== undefined) return exampleOf(branch, schemas, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "array") {
    return schema.items === undefined || depth > MAX_DEPTH ? [] : [exampleOf(schema.items, schemas, depth + 1)];
  }
  if (type === "object" || schema.properties !== undefined) {
    if (depth > MAX_DEPTH) return {};
    const names = Object.keys(schema.properties ?? {});
    const required = names.filter((name) => schema.required?.includes(name));
    const chosen = required.length > 0 ? required : names.slice(0, 1);
    return Object.fromEntries(
      chosen.map((name) => [name, exampleOf(schema.properties?.[name] ?? {}, schemas, depth + 1)]),
    );
  }
  if (type === "integer" || type === "number") return Math.max(schema.minimum ?? 0, 0);
  if (type === "boolean") return true;
  if (type === "null") return null;
  return schema.format === "date-time" ? "2026-01-31T12:00:00Z" : "…";
}
