import { describe, expect, test } from "vitest";
import { isAppError } from "#lib/platform/errors.ts";
import { compare, compileFilter, parameters } from "#lib/platform/filter/compile.ts";
import { comparisonsOf, type Filter } from "#lib/platform/filter/filter.ts";
import type { Grammar } from "#lib/platform/filter/grammar.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { parseOrder } from "#lib/platform/filter/parse-order.ts";

const GRAMMAR: Grammar = {
  types: new Map([
    ["metrics", "metric"],
    ["params", "param"],
    ["tags", "tag"],
    ["attributes", "attribute"],
    ["datasets", "dataset"],
  ]),
  attributes: new Map([
    ["name", { kind: "text" }],
    ["run name", { kind: "text", is: "name", only: "filter" }],
    ["start", { kind: "number" }],
  ]),
  nullable: ["tag", "param"],
  orderable: ["metric", "attribute"],
  typesInWords: "Valid values are ['metrics', 'params']",
  points: true,
};
const parse = (text: string) => parseFilter(GRAMMAR, text);

/** A filter as a text in one form. */
function show(filter: Filter): string {
  if (filter.kind !== "comparison") return `${filter.kind}(${filter.parts.map(show).join(", ")})`;
  const { field, comparator, value } = filter;
  return `${field.type}.${field.key}@${field.point} ${comparator} ${JSON.stringify(value)}`;
}

/** What a filter is refused with. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isAppError(error) && error.kind === "invalid") return error.message;
    throw error;
  }
  throw new Error("it was taken");
}

describe("what is understood", () => {
  test.each([
    ["", "and()"],
    ["metrics.loss < 0.1", "metric.loss@last < 0.1"],
    ["metrics.loss>=-1.5e-3", "metric.loss@last >= -0.0015"],
    ["metrics.loss = .5", "metric.loss@last = 0.5"],
    ["metrics.`a b/c:d` != 3", "metric.a b/c:d@last != 3"],
    ['metrics."a.b"@min < 1', "metric.a.b@min < 1"],
    ["metrics.loss@max < 1e999", "metric.loss@max < null"],
    ["params.lr = '0.1'", 'param.lr@last = "0.1"'],
    ['params.lr = "0.1"', 'param.lr@last = "0.1"'],
    ["tags.mlflow.source.name like '%x_'", 'tag.mlflow.source.name@last LIKE "%x_"'],
    ["tags.a ilike 'x'", 'tag.a@last ILIKE "x"'],
    ["tags.a = 'it''s'", `tag.a@last = "it's"`],
    ["tags.a = 'it\\'s'", `tag.a@last = "it's"`],
    ["tags.a = 'C:\\'", 'tag.a@last = "C:\\\\"'],
    ["tags.a is null", "tag.a@last IS NULL null"],
    ["params.a IS  NOT\nNULL", "param.a@last IS NOT NULL null"],
    ["name in ('a', \"b\",)", 'attribute.name@last IN ["a","b"]'],
    ["params.a Not In ('x')", 'param.a@last NOT IN ["x"]'],
    ["attributes.`run name` = 'x'", 'attribute.name@last = "x"'],
    ["start > 5", "attribute.start@last > 5"],
    ["datasets.digest = 'd'", 'dataset.digest@last = "d"'],
    ["tags.größe = 'ü'", 'tag.größe@last = "ü"'],
  ])("%s", (text, expected) => {
    expect(show(parse(text))).toBe(expected);
  });

  test("AND binds tighter than OR, parentheses tighter than both", () => {
    const [a, b, c] = ["start = 1", "start = 2", "start = 3"].map((text) => show(parse(text)));
    expect(show(parse("start = 1 OR start = 2 AND start = 3"))).toBe(`or(${a}, and(${b}, ${c}))`);
    expect(show(parse("(start = 1 or start = 2) and start = 3"))).toBe(`and(or(${a}, ${b}), ${c})`);
    expect(show(parse("((start = 1))"))).toBe(a);
  });

  test("an AND too many is nothing", () => {
    expect(show(parse("AND"))).toBe("and()");
    expect(show(parse("and AND start = 1 AND"))).toBe(show(parse("start = 1")));
    expect(show(parse("start = 1 start = 2"))).toBe(show(parse("start = 1 AND start = 2")));
  });

  test("whatever is written from a filter is read back as it was", () => {
    const random = numbers(7);
    for (let round = 0; round < 500; round += 1) {
      const filter = invent(random, 4);
      expect(show(parse(write(filter, random)))).toBe(show(flatten(filter)));
    }
  });
});

describe("what is refused, where and why", () => {
  test.each([
    ["foo.a = 1", "Invalid entity type 'foo'. Valid values are ['metrics', 'params'] (at character 1)"],
    ["start = 1 AND foo.a = 1", "Invalid entity type 'foo'. Valid values are ['metrics', 'params'] (at character 15)"],
    ["nope = 'x'", "Invalid attribute key 'nope' specified. Valid keys are '{'name', 'run name', 'start'}'"],
    ["constructor = 'x'", "Invalid attribute key 'constructor' specified."],
    ["__proto__.a = 'x'", "Invalid entity type '__proto__'."],
    ["metrics.a = 'x'", "Expected numeric value type for metric. Found 'x'"],
    ["start = 'x'", "Expected numeric value type for numeric attribute: start. Found 'x'"],
    ["params.a = 5", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 5"],
    ["name = 5", "Expected a quoted string value for attributes. Got value 5"],
    ["tags.a = x", "Parameter value is either not quoted or unidentified quote types used for string value x."],
    ["params.a > 'x'", "Invalid comparator '>' not one of '{'!=', '=', 'ILIKE', 'IN', 'LIKE', 'NOT IN'}'"],
    ["params.a NOT LIKE 'x'", "Invalid comparator 'NOT LIKE'"],
    ["metrics.a == 1", "Invalid comparator '==' not one of"],
    ["metrics.a IN (1)", "Expected numeric value type for metric. Found ("],
    ["name IN ()", "While parsing a list in the query, expected a non-empty list of string values, but got empty list"],
    ["name IN (1)", "expected string value, punctuation, or whitespace, but got different type in list: 1"],
    ["name IN ('a'", "but got ill-formed list"],
    ["name IN 'a'", "but got ill-formed list"],
    ["metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'"],
    ["datasets.size = 'x'", "Invalid dataset key 'size' specified."],
    ["metrics.a@mean > 1", "Invalid point '@mean' of a metric."],
    ["params.a@min = 'x'", "'@min' is of the metrics of runs only"],
    ["start = 12ab", "Expected numeric value type for numeric attribute: start. Found 12ab"],
    ["OR", "Invalid clause(s) in filter string: 'OR'"],
    ["start = 1 OR", "Invalid clause(s) in filter string: 'OR'"],
    ["start = 1 OR AND", "Invalid clause(s) in filter string: 'OR'"],
    ["(start = 1", "Invalid clause(s) in filter string: '(' is not closed (at character 1)"],
    ["start = 1)", "Invalid clause(s) in filter string: ')' (at character 10)"],
    ["()", "Invalid clause(s) in filter string: '()'"],
    ["start", "Invalid clause(s) in filter string: 'start'"],
    ["start =", "Expected 3 tokens found 2"],
    ["5 = start", "Invalid clause(s) in filter string: '5'"],
    ["tags.a = 'x", "' is not closed (at character 10)"],
    ["tags.`a = 'x'", "` is not closed"],
    ["tags. = 'x'", "Invalid clause(s) in filter string: ' '"],
    ["start = 1; DROP TABLE run", "Invalid clause(s) in filter string: ';'"],
    ["start = 1 -- x", "Invalid clause(s) in filter string: '-'"],
  ])("%s", (text, message) => {
    expect(refusal(() => parse(text))).toContain(message);
  });

  test("what is too long, too deep or too much, soon", () => {
    expect(refusal(() => parse(`${"(".repeat(50_000)}start = 1`))).toContain("nested deeper");
    expect(refusal(() => parse(Array.from({ length: 300 }, () => "start = 1").join(" OR ")))).toContain(
      "more than 200",
    );
    expect(refusal(() => parse(" ".repeat(100_001)))).toContain("longer than 100000");
    const hard = [
      "'".repeat(99_999),
      "\\'".repeat(49_999),
      "a.".repeat(49_999),
      "1".repeat(99_999),
      "<".repeat(99_999),
    ];
    for (const text of hard) refusal(() => parse(text));
  });
});

describe("orders", () => {
  const order = (...texts: string[]) =>
    parseOrder(GRAMMAR, texts).map(
      ({ field, descending }) => `${field.key}@${field.point} ${descending ? "down" : "up"}`,
    );

  test("ascending unless told, keywords in any case, keys in quotes", () => {
    expect(order("metrics.loss", "metrics.`a b` desc", 'metrics."c"@min  ASC', "name Desc")).toEqual([
      ...["loss@last up", "a b@last down", "c@min up", "name@last down"],
    ]);
  });

  test.each([
    ["metrics.loss sideways", "Invalid ordering key in order_by clause"],
    ["metrics.loss ASC DESC", "Invalid order_by clause"],
    ["", "Invalid order_by clause"],
    ["name; DROP TABLE run", "Invalid order_by clause"],
    ["params.a", "Invalid order_by entity: param"],
    ["run name", "Invalid ordering key in order_by clause"],
    ["`run name`", "Invalid attribute key 'run name'"],
    ["foo.a", "Invalid entity type 'foo'"],
  ])("%s is refused", (text, message) => {
    expect(refusal(() => order(text))).toContain(message);
  });

  test("a field named twice is refused", () => {
    expect(refusal(() => order("name", "name DESC"))).toContain("duplicate fields");
  });
});

test("no text of a filter stands in the statement made of it", () => {
  const { values, bind } = parameters();
  const filter = parse("tags.a LIKE '%''; DROP' AND (metrics.x > 3.25 OR name IN ('q1', 'q2')) AND tags.b != '$1'");
  const sql = compileFilter(filter, (comparison) => compare(`${comparison.field.type}_column`, comparison, bind));
  expect(sql).toBe(
    "(tag_column LIKE $1::text ESCAPE '' AND ((metric_column > $2::text::float8 AND metric_column < 'NaN')" +
      " OR attribute_column = ANY($3::text[])) AND tag_column <> $4::text)",
  );
  expect(values).toEqual(["%'; DROP", "3.25", ["q1", "q2"], "$1"]);
  expect(comparisonsOf(filter)).toHaveLength(4);
});

/** Numbers from 0 to 1, the same each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(random: () => number, ...from: [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

function invent(random: () => number, depth: number): Filter {
  if (depth > 0 && random() < 0.5) {
    const parts = Array.from({ length: 2 + Math.floor(random() * 3) }, () => invent(random, depth - 1));
    return { kind: pick(random, "and", "or"), parts };
  }
  const key = pick(random, "a", "b c", "d.e", "and", "f-g/h:i");
  if (random() < 0.3) {
    const field = { type: "metric", key, point: pick(random, "last", "min", "max") } as const;
    return { kind: "comparison", field, comparator: pick(random, "<", ">=", "!="), value: random() * 100 - 50 };
  }
  const field = { type: pick(random, "tag" as const, "param" as const), key, point: "last" } as const;
  const text = () => pick(random, "", "x", "it's", '"', "a%_", "\\d", "AND", "ü ' OR 1=1");
  if (random() < 0.2)
    return { kind: "comparison", field, comparator: pick(random, "IS NULL", "IS NOT NULL"), value: null };
  if (random() < 0.3) {
    return { kind: "comparison", field, comparator: pick(random, "IN", "NOT IN"), value: [text(), text()] };
  }
  return { kind: "comparison", field, comparator: pick(random, "=", "!=", "LIKE", "ILIKE"), value: text() };
}

function write(filter: Filter, random: () => number): string {
  if (filter.kind !== "comparison") {
    return `(${filter.parts.map((part) => write(part, random)).join(` ${pick(random, filter.kind, filter.kind.toUpperCase())} `)})`;
  }
  const { field, comparator, value } = filter;
  const quote = pick(random, "`", '"');
  const key = field.key === "a" ? field.key : `${quote}${field.key}${quote}`;
  const point = field.point === "last" ? "" : `@${field.point}`;
  const left = `${field.type}s.${key}${point}`;
  const space = pick(random, " ", "  ", "\n");
  const text = (one: string) => `'${one.replaceAll("'", "''")}'`;
  if (value === null) return `${left}${space}${comparator}`;
  if (typeof value === "number") return `${left}${pick(random, "", " ")}${comparator}${space}${value}`;
  return `${left}${space}${comparator}${space}${Array.isArray(value) ? `(${value.map(text).join(", ")})` : text(value)}`;
}

/** As the parser keeps it: a group of one is what is in it. */
function flatten(filter: Filter): Filter {
  if (filter.kind === "comparison") return filter;
  const parts = filter.parts.map(flatten);
  return parts.length === 1 && parts[0] ? parts[0] : { kind: filter.kind, parts };
}
