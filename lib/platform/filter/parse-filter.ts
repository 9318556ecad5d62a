import { asInvalid, FilterFault } from "#lib/platform/filter/fault.ts";
import type { Filter, Group } from "#lib/platform/filter/filter.ts";
import type { Grammar } from "#lib/platform/filter/grammar.ts";
import { lex } from "#lib/platform/filter/lex.ts";
import { parseComparison } from "#lib/platform/filter/parse-comparison.ts";
import { TokenReader } from "#lib/platform/filter/token-reader.ts";

const MAX_LENGTH = 100_000;
const MAX_DEPTH = 32;
const MAX_COMPARISONS = 200;

/**
 * Understands a filter: comparisons with AND, OR and parentheses, where AND binds tighter. An AND too many is nothing, and
 * comparisons side by side count as one AND the other. An empty filter is true of everything.
 *
 * @throws InvalidError with the place
 */
export function parseFilter(grammar: Grammar, text: string | null | undefined, field = "filter"): Filter {
  return asInvalid(field, "Write comparisons such as metrics.loss < 0.1 AND params.epochs = '5'.", () => {
    if (!text) return { kind: "and", parts: [] };
    if (text.length > MAX_LENGTH) {
      throw new FilterFault(`The filter is longer than ${MAX_LENGTH} characters`);
    }
    const reader = new TokenReader(lex(text));
    const filter = parseOr({ grammar, reader, comparisons: 0 }, 0);
    const next = reader.peek();
    if (next.kind !== "end") throw new FilterFault(`Invalid clause(s) in filter string: '${next.raw}'`, next.at);
    return filter;
  });
}

interface State {
  grammar: Grammar;
  reader: TokenReader;
  comparisons: number;
}

function parseOr(state: State, depth: number): Filter {
  const { reader } = state;
  const parts = [parseAnd(state, depth)];
  for (let or = reader.peek(); reader.takeWord("OR"); or = reader.peek()) {
    const next = parseAnd(state, depth);
    if (isEmpty(parts.at(-1)) || isEmpty(next)) {
      throw new FilterFault("Invalid clause(s) in filter string: 'OR' stands without a comparison on each side", or.at);
    }
    parts.push(next);
  }
  return single("or", parts);
}

function parseAnd(state: State, depth: number): Filter {
  const { reader } = state;
  const parts: Filter[] = [];
  for (;;) {
    if (reader.takeWord("AND")) continue;
    const next = reader.peek();
    if (next.kind === "end" || next.raw === ")" || reader.isWord("OR")) break;
    parts.push(next.raw === "(" ? parseGroup(state, depth + 1) : takeComparison(state));
  }
  return single("and", parts);
}

function parseGroup(state: State, depth: number): Filter {
  const { reader } = state;
  const open = reader.next();
  if (depth > MAX_DEPTH) throw new FilterFault(`Parentheses are nested deeper than ${MAX_DEPTH}`, open.at);
  const inner = parseOr(state, depth);
  if (isEmpty(inner)) throw new FilterFault("Invalid clause(s) in filter string: '()'", open.at);
  if (reader.peek().raw !== ")")
    throw new FilterFault("Invalid clause(s) in filter string: '(' is not closed", open.at);
  reader.next();
  return inner;
}

function takeComparison(state: State): Filter {
  state.comparisons += 1;
  if (state.comparisons > MAX_COMPARISONS) {
    throw new FilterFault(`The filter has more than ${MAX_COMPARISONS} comparisons`, state.reader.peek().at);
  }
  return parseComparison(state.grammar, state.reader);
}

function single(kind: Group["kind"], parts: Filter[]): Filter {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

function isEmpty(filter: Filter | undefined): boolean {
  return filter === undefined || (filter.kind !== "comparison" && filter.parts.length === 0);
}
