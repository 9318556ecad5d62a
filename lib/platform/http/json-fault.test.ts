import { expect, test } from "vitest";
import { jsonFaultOffset } from "#lib/platform/http/json-fault.ts";

test.each([
  ["", 0],
  ["   ", 3],
  ["{", 1],
  ['{"a":1,}', 7],
  ["[1,]", 3],
  ["[1 2]", 3],
  ['{"a" 1}', 5],
  ["{a:1}", 1],
  ["{'a':1}", 1],
  ['{"a":NaN}', 5],
  ['{"a":01}', 6],
  ['{"a":.5}', 5],
  ["[1}", 2],
  ["]", 0],
  ["{} x", 3],
  ['"un\\x"', 3],
  ['"line\nbreak"', 5],
  ['"no end', 7],
  ["tru", 0],
  ["[[[[", 4],
])("%j breaks at %i", (text, offset) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonFaultOffset(text)).toBe(offset);
});

test("agrees with V8 wherever V8 tells the position", () => {
  const valid = '{"name": "a\\u00e9\\n", "list": [1, -2.5e-3, true, null, {"x": []}], "deep": {"y": {"z": false}}}';
  let compared = 0;
  for (let at = 0; at < valid.length; at += 1) {
    for (const spoiled of [valid.slice(0, at) + valid.slice(at + 1), `${valid.slice(0, at)}]${valid.slice(at)}`]) {
      const told = positionOf(spoiled);
      if (told === undefined) continue;
      compared += 1;
      expect({ spoiled, offset: jsonFaultOffset(spoiled) }).toEqual({ spoiled, offset: told });
    }
  }
  expect(compared).toBeGreaterThan(20);
});

test("is quick on a long string that does not end", () => {
  const text = `{"image":"${"A".repeat(10_000_000)}`;
  const started = performance.now();
  expect(jsonFaultOffset(text)).toBe(text.length);
  expect(performance.now() - started).toBeLessThan(20_000);
});

/** V8's own word, where its message has a position. Inside strings it names the end of a bad token, we its beginning. */
function positionOf(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (/escape|Unicode|control character|Unterminated|No number|Exponent part/.test(message)) return undefined;
    const found = /at position (\d+)/.exec(message);
    return found === null ? undefined : Number(found[1]);
  }
}
