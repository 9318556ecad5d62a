import { expect, test } from "vitest";
import { arrangeSpans } from "#lib/tracking/traces/arrange-spans.ts";

const span = (id: string, parentId: string | null, startMs: number, endMs: number) => ({
  ...{ id, parentId, startNs: BigInt(startMs) * 1_000_000n, endNs: BigInt(endMs) * 1_000_000n },
});
const shape = (...spans: Parameters<typeof arrangeSpans>[0]) =>
  arrangeSpans(spans).map(({ id, depth }) => `${"-".repeat(depth)}${id}`);

test("each span is followed by its children in the order of their beginnings", () => {
  const spans = [span("b", "a", 5, 6), span("a", null, 1, 9), span("c", "a", 2, 4), span("d", "c", 3, 4)];
  expect(shape(...spans)).toEqual(["a", "-c", "--d", "-b"]);
  expect(arrangeSpans(spans)[3]).toMatchObject({ offsetMs: 4, durationMs: 1 });
});

test("a span whose parent is not there stands at the top, one that has not ended has no duration", () => {
  expect(shape(span("b", "lost", 2, 3), span("a", null, 1, 4))).toEqual(["a", "b"]);
  expect(arrangeSpans([span("a", null, 1, 0)])[0]?.durationMs).toBeNull();
  expect(arrangeSpans([])).toEqual([]);
});

test("spans that are their own ancestors are all there, once", () => {
  expect(shape(span("a", "b", 1, 2), span("b", "a", 2, 3), span("c", "c", 3, 4))).toEqual(["a", "-b", "c"]);
});

test("a trace may be deep", () => {
  const deep = Array.from({ length: 20_000 }, (_, at) => span(`s${at}`, at === 0 ? null : `s${at - 1}`, at, at));
  expect(arrangeSpans(deep).at(-1)?.depth).toBe(19_999);
});
