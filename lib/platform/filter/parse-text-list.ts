import { FilterFault } from "#lib/platform/filter/fault.ts";
import { textOf } from "#lib/platform/filter/lex.ts";
import type { TokenReader } from "#lib/platform/filter/token-reader.ts";

const IN_LIST = "While parsing a list in the query, expected";

/** `('a', "b")`; a comma may follow the last. @throws FilterFault */
export function parseTextList(reader: TokenReader): string[] {
  const open = reader.next();
  if (open.raw !== "(") {
    throw new FilterFault(`${IN_LIST} a non-empty list of string values, but got ill-formed list.`, open.at);
  }
  const texts: string[] = [];
  while (reader.peek().raw !== ")") {
    const token = reader.next();
    const text = textOf(token);
    if (text === undefined) {
      throw new FilterFault(
        token.kind === "number"
          ? `${IN_LIST} string value, punctuation, or whitespace, but got different type in list: ${token.raw}`
          : `${IN_LIST} a non-empty list of string values, but got ill-formed list.`,
        token.at,
      );
    }
    texts.push(text);
    if (reader.peek().raw === ",") reader.next();
    else if (reader.peek().raw !== ")") {
      throw new FilterFault(`${IN_LIST} a non-empty list of string values, but got ill-formed list.`, reader.peek().at);
    }
  }
  reader.next();
  if (texts.length === 0) {
    throw new FilterFault(`${IN_LIST} a non-empty list of string values, but got empty list`, open.at);
  }
  return texts;
}
