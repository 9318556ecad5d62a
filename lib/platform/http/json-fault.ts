const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expect = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "commaOrEnd" | "nothing";

/**
 * Where a text stops being JSON: the offset (0-based) of the first character that does not fit. V8 tells it only for
 * some faults. Called for a text that `JSON.parse` refused; linear in its length.
 */
export function jsonFaultOffset(text: string): number {
  const open: ("{" | "[")[] = [];
  let expect: Expect = "value";
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null || found[0] === "") return false;
    at = pattern.lastIndex;
    return true;
  };
  // By hand: a pattern would keep a way back for each of the millions of characters of an image.
  const skipString = (): boolean => {
    if (text[at] !== '"') return false;
    for (at += 1; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        at += 1;
        return true;
      }
      if (code < 0x20 || (code === 0x5c && !skip(ESCAPE))) return false;
      if (code !== 0x5c) at += 1;
    }
    return false;
  };
  const afterValue = (): Expect => (open.length === 0 ? "nothing" : "commaOrEnd");

  for (;;) {
    skip(SPACE);
    const char = text[at];
    if (char === undefined || expect === "nothing") return at;
    const closes = char === "}" ? "{" : char === "]" ? "[" : undefined;
    if (closes !== undefined) {
      const mayEnd = expect === "commaOrEnd" || expect === (closes === "{" ? "keyOrEnd" : "valueOrEnd");
      if (!mayEnd || open.at(-1) !== closes) return at;
      open.pop();
      at += 1;
      expect = afterValue();
    } else if (expect === "colon" || expect === "commaOrEnd") {
      if (char !== (expect === "colon" ? ":" : ",")) return at;
      at += 1;
      expect = expect === "commaOrEnd" && open.at(-1) === "{" ? "key" : "value";
    } else if (expect === "key" || expect === "keyOrEnd") {
      if (!skipString()) return at;
      expect = "colon";
    } else if (char === "{" || char === "[") {
      open.push(char);
      at += 1;
      expect = char === "{" ? "keyOrEnd" : "valueOrEnd";
    } else {
      if (!skipString() && !skip(SCALAR)) return at;
      expect = afterValue();
    }
  }
}
