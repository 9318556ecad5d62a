import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DigitReader, NOTHING_READ, type Reading } from "#app/draw/_components/digit-reader.ts";
import { generateDigit } from "#lib/engine/digit/generate-digit.ts";
import type { Stroke } from "#lib/engine/digit/types.ts";
import type { PredictReply } from "#lib/serving/schemas.ts";

const SEVEN = generateDigit(7, 1, "plain").strokes;
const TWO = generateDigit(2, 1, "plain").strokes;
const TAP: Stroke[] = [{ points: [{ x: 5, y: 5 }] }];

const reply = (prediction: number): PredictReply => ({
  prediction,
  confidence: 0.9,
  probabilities: Array.from({ length: 10 }, (_, i) => (i === prediction ? 0.91 : 0.01)),
  model: { name: "digits", version: 1 },
  deployment: { name: "digits", generation: 0, arm: "champion", assigned: "champion", stickyBy: null },
  requestId: "r",
  latencyMs: 1,
});

/** A reader whose requests are answered by hand. */
function setUp() {
  const requests: { signal: AbortSignal; answer(reply: PredictReply): void; fail(error: unknown): void }[] = [];
  let reading: Reading = NOTHING_READ;
  const reader = new DigitReader(
    (_, signal) => new Promise((answer, fail) => requests.push({ signal, answer, fail })),
    (next) => {
      reading = next;
    },
  );
  return { reader, requests, now: () => reading };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("DigitReader", () => {
  it("asks 80 ms after the last point, and at most 240 ms behind a line that goes on", async () => {
    const { reader, requests } = setUp();
    reader.draw(SEVEN);
    await vi.advanceTimersByTimeAsync(79);
    expect(requests).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests).toHaveLength(1);

    for (let i = 0; i < 10; i++) {
      reader.draw(TWO);
      await vi.advanceTimersByTimeAsync(30);
    }
    expect(requests).toHaveLength(2);
  });

  it("is provisional while drawing and for 300 ms after the pen was lifted", async () => {
    const { reader, requests, now } = setUp();
    reader.rest(SEVEN);
    expect(requests).toHaveLength(1);
    requests[0]?.answer(reply(7));
    await vi.advanceTimersByTimeAsync(299);
    expect(now()).toMatchObject({ settled: false, reply: { prediction: 7 } });
    await vi.advanceTimersByTimeAsync(1);
    expect(now().settled).toBe(true);
    expect(requests).toHaveLength(1);
    reader.draw(SEVEN);
    expect(now().settled).toBe(false);
  });

  it("aborts the request of an older drawing and ignores its late answer", async () => {
    const { reader, requests, now } = setUp();
    reader.rest(SEVEN);
    reader.rest(TWO);
    expect(requests[0]?.signal.aborted).toBe(true);
    requests[1]?.answer(reply(2));
    requests[0]?.answer(reply(7));
    await vi.advanceTimersByTimeAsync(400);
    expect(now()).toMatchObject({ settled: true, reply: { prediction: 2 } });
  });

  it("tells a refusal only once the pen rests, and asks nothing", async () => {
    const { reader, requests, now } = setUp();
    reader.rest(TAP);
    expect(now().refusal).toBeNull();
    await vi.advanceTimersByTimeAsync(300);
    expect(now()).toMatchObject({ refusal: { code: "too_small" }, pixels: null, reply: null });
    expect(requests).toHaveLength(0);
    reader.rest(SEVEN);
    await vi.advanceTimersByTimeAsync(0);
    expect(now().refusal).toBeNull();
    expect(requests).toHaveLength(1);
  });

  it("forgets everything when the pad is cleared", async () => {
    const { reader, requests, now } = setUp();
    reader.rest(SEVEN);
    reader.rest([]);
    requests[0]?.answer(reply(7));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(now()).toEqual(NOTHING_READ);
  });

  it("asks again by itself while there is no model, not after a refusal by the server", async () => {
    const { reader, requests, now } = setUp();
    reader.rest(SEVEN);
    requests[0]?.fail(Object.assign(new Error("No version is in Production."), { code: "no_model" }));
    await vi.advanceTimersByTimeAsync(300);
    expect(now().failure?.code).toBe("no_model");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(requests).toHaveLength(2);
    requests[1]?.answer(reply(7));
    await vi.advanceTimersByTimeAsync(0);
    expect(now()).toMatchObject({ failure: null, settled: true, reply: { prediction: 7 } });

    reader.rest(TWO);
    requests[2]?.fail(Object.assign(new Error("Too many requests."), { code: "limit_exceeded" }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(requests).toHaveLength(3);
    expect(now().failure).toEqual({ code: "limit_exceeded", message: "Too many requests." });
  });
});
