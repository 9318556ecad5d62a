import { strokesToDigit } from "#lib/engine/digit/strokes-to-digit.ts";
import type { Refusal, Stroke } from "#lib/engine/digit/types.ts";
import type { PredictReply } from "#lib/serving/schemas.ts";

/** What is known about the drawing at a moment. */
export interface Reading {
  /** The 784 bytes the model is given; null while there is no drawing that can be read. */
  pixels: Uint8Array | null;
  reply: PredictReply | null;
  /** From request to answer as the browser saw it, in milliseconds. */
  roundTripMs: number | null;
  /** Why the drawing is not read; only told once the pen rests. */
  refusal: Refusal | null;
  failure: { code: string; message: string } | null;
  /** The pen has rested and the answer is for what is on the pad. */
  settled: boolean;
}

export const NOTHING_READ: Reading = {
  pixels: null,
  reply: null,
  roundTripMs: null,
  refusal: null,
  failure: null,
  settled: false,
};

/** After the last point of a line being drawn, and at most this long behind one that goes on. */
const LIVE_DELAY_MS = 80;
const LIVE_LIMIT_MS = 240;
/** The pen may come down again for the bar of a 7 before an answer counts. */
const SETTLE_MS = 300;
/** A model is being trained, or the server restarts: ask again without being told. */
const RETRY_MS = 5_000;
const RETRIED = new Set(["no_model", "unreachable", "starting", "503"]);

type Predict = (pixels: Uint8Array, signal: AbortSignal) => Promise<PredictReply>;

/**
 * Reads a drawing while it grows: one request at a time, a newer drawing aborts the older one's, and an answer is
 * provisional until the pen has rested. Tells every change to `onChange`.
 */
export class DigitReader {
  private reading: Reading = NOTHING_READ;
  private strokes: readonly Stroke[] = [];
  private asked: AbortController | null = null;
  private liveTimer: ReturnType<typeof setTimeout> | undefined;
  private settleTimer: ReturnType<typeof setTimeout> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private liveSince: number | null = null;
  private resting = false;
  private readonly predict: Predict;
  private readonly onChange: (reading: Reading) => void;

  constructor(predict: Predict, onChange: (reading: Reading) => void) {
    this.predict = predict;
    this.onChange = onChange;
  }

  /** The pen is down and moves. */
  draw(strokes: readonly Stroke[]): void {
    this.strokes = strokes;
    this.resting = false;
    clearTimeout(this.settleTimer);
    clearTimeout(this.liveTimer);
    this.update({ settled: false, refusal: null });
    const now = performance.now();
    this.liveSince ??= now;
    const wait = Math.max(0, Math.min(LIVE_DELAY_MS, this.liveSince + LIVE_LIMIT_MS - now));
    this.liveTimer = setTimeout(() => this.read(), wait);
  }

  /** The pen was lifted, or a stroke taken back: read at once, and for good when it stays so. */
  rest(strokes: readonly Stroke[]): void {
    this.stop();
    this.strokes = strokes;
    if (strokes.length === 0) {
      this.reading = NOTHING_READ;
      this.onChange(this.reading);
      return;
    }
    this.update({ settled: false });
    this.read();
    this.settleTimer = setTimeout(() => {
      this.resting = true;
      const result = strokesToDigit(this.strokes);
      if (result.ok) this.settleIfAnswered();
      else this.update({ refusal: result, settled: true });
    }, SETTLE_MS);
  }

  /** Ends all that is under way. */
  stop(): void {
    clearTimeout(this.liveTimer);
    clearTimeout(this.settleTimer);
    clearTimeout(this.retryTimer);
    this.asked?.abort();
    this.asked = null;
    this.liveSince = null;
    this.resting = false;
  }

  private read(): void {
    this.liveSince = null;
    const result = strokesToDigit(this.strokes);
    if (!result.ok) {
      this.asked?.abort();
      this.asked = null;
      this.update({ pixels: null, reply: null, roundTripMs: null, failure: null });
      return;
    }
    const { pixels } = result;
    const same = this.reading.pixels !== null && pixels.every((v, i) => v === this.reading.pixels?.[i]);
    if (same && (this.asked || this.reading.reply)) return;
    this.update({ pixels, refusal: null });
    void this.ask(pixels);
  }

  private async ask(pixels: Uint8Array): Promise<void> {
    this.asked?.abort();
    clearTimeout(this.retryTimer);
    const mine = new AbortController();
    this.asked = mine;
    const start = performance.now();
    try {
      const reply = await this.predict(pixels, mine.signal);
      if (mine.signal.aborted) return;
      this.asked = null;
      this.update({ reply, roundTripMs: performance.now() - start, failure: null });
      this.settleIfAnswered();
    } catch (error) {
      if (mine.signal.aborted) return;
      this.asked = null;
      const code = codeOf(error);
      const message = error instanceof Error ? error.message : String(error);
      this.update({ reply: null, roundTripMs: null, failure: { code, message } });
      if (RETRIED.has(code)) this.retryTimer = setTimeout(() => this.ask(pixels), RETRY_MS);
    }
  }

  private settleIfAnswered(): void {
    if (this.resting && !this.asked && this.reading.reply) this.update({ settled: true });
  }

  private update(change: Partial<Reading>): void {
    const next = { ...this.reading, ...change };
    const keys = Object.keys(next) as (keyof Reading)[];
    if (keys.every((key) => next[key] === this.reading[key])) return;
    this.reading = next;
    this.onChange(next);
  }
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
}
