interface Gradient2Options {
  initialLimit: number;
  /** Requests at once, at least 1. */
  minLimit: number;
  maxLimit: number;
  /** Share of a new estimate that is taken at each sample, 0..1. */
  smoothing: number;
  /** Room for requests that wait, on top of the estimate. */
  queueSize: number;
  /** Samples over which the long latency is averaged. */
  longWindow: number;
  /** Latency may be this many times the long one before the limit falls. */
  tolerance: number;
}

const DEFAULTS: Gradient2Options = {
  initialLimit: 20,
  minLimit: 2,
  maxLimit: 200,
  smoothing: 0.2,
  queueSize: 4,
  longWindow: 600,
  tolerance: 1.5,
};

/** The first samples are a plain mean. */
const WARMUP = 10;

/**
 * How many requests a model may work on at once, from their latency (Gradient2 of Netflix' concurrency-limits, with a
 * minimum fit for a model on a CPU): the limit falls as latency rises over its long average and grows while it does not.
 */
export class Gradient2 {
  readonly #options: Gradient2Options;
  #limit: number;
  #longMs = 0;
  #samples = 0;

  constructor(options: Partial<Gradient2Options> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#limit = this.#options.initialLimit;
  }

  get limit(): number {
    return this.#limit;
  }

  /**
   * Takes one finished request.
   *
   * @param latencyMs above 0
   * @param inFlight requests at once when it began
   */
  sample(latencyMs: number, inFlight: number): number {
    if (!(latencyMs > 0)) throw new RangeError(`a latency above 0 is needed, got ${latencyMs}`);
    const { minLimit, maxLimit, smoothing, queueSize, tolerance } = this.#options;
    this.#takeLong(latencyMs);
    // After an overload the long average comes down quickly.
    if (this.#longMs / latencyMs > 2) this.#longMs *= 0.95;
    // Too few requests to learn from.
    if (inFlight < this.#limit / 2) return this.#limit;
    const gradient = Math.min(1, Math.max(0.5, (tolerance * this.#longMs) / latencyMs));
    const wanted = this.#limit * gradient + queueSize;
    this.#limit = Math.min(maxLimit, Math.max(minLimit, (1 - smoothing) * this.#limit + smoothing * wanted));
    return this.#limit;
  }

  #takeLong(latencyMs: number): void {
    if (this.#samples < WARMUP) {
      this.#samples++;
      this.#longMs += (latencyMs - this.#longMs) / this.#samples;
      return;
    }
    this.#longMs += (latencyMs - this.#longMs) * (2 / (this.#options.longWindow + 1));
  }
}
