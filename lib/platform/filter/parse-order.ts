import { asInvalid, FilterFault } from "#lib/platform/filter/fault.ts";
import type { OrderTerm } from "#lib/platform/filter/filter.ts";
import type { Grammar } from "#lib/platform/filter/grammar.ts";
import { lex, type Token } from "#lib/platform/filter/lex.ts";
import { resolveField } from "#lib/platform/filter/resolve-field.ts";

const MAX_TERMS = 20;
const MAX_LENGTH = 2_000;

/**
 * Understands an order: each text is `field [ASC | DESC]`, ascending unless told.
 *
 * @throws InvalidError with the place in the text at fault
 */
export function parseOrder(grammar: Grammar, texts: readonly string[]): OrderTerm[] {
  const terms = texts.map((text, index) =>
    asInvalid(`order_by[${index}]`, "Write a field and its direction, such as metrics.loss ASC.", () => {
      if (index >= MAX_TERMS) throw new FilterFault(`\`order_by\` has more than ${MAX_TERMS} fields`);
      return parseTerm(grammar, text);
    }),
  );
  return asInvalid("order_by", "Name each field once.", () => {
    const names = terms.map(({ field }) => JSON.stringify([field.type, field.key, field.point]));
    if (new Set(names).size < names.length) throw new FilterFault("`order_by` contains duplicate fields");
    return terms;
  });
}

function parseTerm(grammar: Grammar, text: string): OrderTerm {
  if (text.length > MAX_LENGTH) throw new FilterFault(`An order_by clause is longer than ${MAX_LENGTH} characters`);
  const [name, direction, more] = lexTerm(text);
  if (name?.kind !== "name") throw unreadable(text);
  const word = direction?.kind === "end" ? "ASC" : direction?.raw.toUpperCase();
  if (word !== "ASC" && word !== "DESC") {
    throw new FilterFault(`Invalid ordering key in order_by clause '${text}'.`, direction?.at);
  }
  if (direction?.kind !== "end" && more?.kind !== "end") throw unreadable(text);
  const { field } = resolveField(grammar, name, "order");
  if (!grammar.orderable.includes(field.type)) {
    throw new FilterFault(`Invalid order_by entity: ${field.type}`, name.at);
  }
  return { field, descending: word === "DESC" };
}

function lexTerm(text: string): Token[] {
  try {
    return lex(text);
  } catch {
    throw unreadable(text);
  }
}

function unreadable(text: string): FilterFault {
  return new FilterFault(`Invalid order_by clause '${text}'. Could not be parsed.`);
}
