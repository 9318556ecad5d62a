import { FilterFault } from "#lib/platform/filter/fault.ts";

/** `quote` is what a part of a name stood in; empty: it stood bare. */
export interface NamePart {
  text: string;
  quote: "" | '"' | "`";
}

export type Token = { at: number; raw: string } & (
  | { kind: "name"; parts: NamePart[]; point: string | undefined }
  | { kind: "text"; value: string }
  | { kind: "number"; value: number }
  | { kind: "operator" }
  | { kind: "mark" }
  | { kind: "end" }
);

// Sticky, without nested repetition: each is linear in what it takes.
const SPACE = /\s+/y;
const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_$#.])/uy;
const OPERATOR = /[<>=!~]+/y;
const BARE = /[\p{L}\p{N}_$#]+/uy;
const MARKS = "(),";

/**
 * The tokens of a text, an `end` last.
 *
 * @throws FilterFault a character that belongs to nothing, or a quote that does not end
 */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = skip(SPACE, text, 0);
  while (at < text.length) {
    const token = takeToken(text, at);
    tokens.push(token);
    at = skip(SPACE, text, at + token.raw.length);
  }
  tokens.push({ kind: "end", at, raw: "" });
  return tokens;
}

function takeToken(text: string, at: number): Token {
  const first = text.charAt(at);
  if (first === "'") return takeText(text, at);
  if (MARKS.includes(first)) return { kind: "mark", at, raw: first };
  const number = match(NUMBER, text, at);
  if (number !== undefined) return { kind: "number", at, raw: number, value: Number(number) };
  const operator = match(OPERATOR, text, at);
  if (operator !== undefined) return { kind: "operator", at, raw: operator };
  return takeName(text, at);
}

/** Parts with dots between them, such as tags.`a b`, then perhaps `@min`. */
function takeName(text: string, start: number): Token {
  const parts: NamePart[] = [];
  let at = start;
  do {
    const part = takePart(text, parts.length === 0 ? at : at + 1);
    parts.push(part.part);
    at = part.end;
  } while (text.charAt(at) === ".");
  const point = text.charAt(at) === "@" ? (match(BARE, text, at + 1) ?? "") : undefined;
  if (point !== undefined) at += 1 + point.length;
  return { kind: "name", at: start, raw: text.slice(start, at), parts, point };
}

function takePart(text: string, at: number): { part: NamePart; end: number } {
  const quote = text.charAt(at);
  if (quote === '"' || quote === "`") {
    const end = text.indexOf(quote, at + 1);
    if (end === -1) throw new FilterFault(`Invalid clause(s) in filter string: ${quote} is not closed`, at);
    return { part: { text: text.slice(at + 1, end), quote }, end: end + 1 };
  }
  const bare = match(BARE, text, at);
  if (bare !== undefined) return { part: { text: bare, quote: "" }, end: at + bare.length };
  const found = at < text.length ? `'${text.slice(at, at + 1)}'` : "nothing";
  throw new FilterFault(`Invalid clause(s) in filter string: ${found} where a name, a value or AND is wanted`, at);
}

/**
 * A text in single quotes; `''` and `\'` stand for one quote. A backslash before the last quote of the filter is a
 * backslash.
 */
function takeText(text: string, start: number): Token {
  let escaped = -1;
  let at = start + 1;
  for (; at < text.length; at += 1) {
    if (text.charAt(at) !== "'") continue;
    if (text.charAt(at - 1) === "\\" && at - 1 > start) escaped = at;
    else if (text.charAt(at + 1) === "'") at += 1;
    else break;
  }
  const end = at < text.length ? at : escaped;
  if (end === -1) throw new FilterFault("Invalid clause(s) in filter string: ' is not closed", start);
  const value = text.slice(start + 1, end).replace(/\\'|''/g, "'");
  return { kind: "text", at: start, raw: text.slice(start, end + 1), value };
}

/** The text in single or double quotes. */
export function textOf(token: Token): string | undefined {
  if (token.kind === "text") return token.value;
  if (token.kind !== "name" || token.point !== undefined || token.parts.length !== 1) return undefined;
  const [part] = token.parts;
  return part?.quote === '"' ? part.text : undefined;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skip(pattern: RegExp, text: string, at: number): number {
  return at + (match(pattern, text, at)?.length ?? 0);
}
