/** JSON that Postgres writes as text, for replies whose thousands of entries JavaScript need not see. Arguments are SQL of our own. */

/** A text as JSON. */
export const quoted = (text: string) => `to_json(${text})::text`;

/** A double: JSON writes neither NaN nor an infinity, so NaN travels as a word, an infinity as the largest number. */
export const double = (value: string) => `CASE WHEN abs(${value}) < 'Infinity' THEN ${value}::text WHEN ${value} = 'NaN'
  THEN '"NaN"' WHEN ${value} > 0 THEN '1.7976931348623157e308' ELSE '-1.7976931348623157e308' END`;

/** Unix milliseconds. */
export const millis = (time: string) => `(extract(epoch FROM ${time}) * 1000)::bigint`;

/** `"name":value`, or null where the value is. */
export const field = (name: string, value: string) => `('"${name}":' || ${value})`;

/** `"name":[…]`, or null where there is nothing to list. */
export const list = (name: string, item: string, from: string, order = "") =>
  `(SELECT '"${name}":[' || string_agg(${item}, ',' ${order}) || ']' FROM ${from})`;

/** An object of fields; those that are null are left out. */
export const object = (...fields: string[]) => `('{' || concat_ws(',', ${fields.join(", ")}) || '}')`;

/** `{"key":…,"value":…}` of a row whose value is never null. */
export const entry = (row: string) =>
  // Plain concatenation: `concat_ws` takes five times as long, and there are ten thousands of these.
  `'{"key":' || ${quoted(`${row}.key`)} || ',"value":' || ${quoted(`${row}.value`)} || '}'`;

/** `"name":[{"key":…,"value":…}, …]`, of rows called `t`. */
export const entries = (name: string, from: string, order = "") => list(name, entry("t"), from, order);
