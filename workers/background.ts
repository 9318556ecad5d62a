import { messageOf } from "#lib/platform/errors.ts";
import type { Logger } from "#lib/platform/logger.ts";

export interface Background {
  /** Runs once more soon, or right after the run under way. */
  wake(): void;
  /** No run begins afterwards; resolves when the one under way is over. */
  stop(): Promise<void>;
}

/**
 * Repeats `work`: every `everyMs`, sooner when woken or when it says that there is more, later after an error (doubling up
 * to 30 s). Never two at once.
 */
export function startBackground(options: {
  name: string;
  everyMs: number;
  logger: Logger;
  /** True: there is more, run again at once. */
  work: () => Promise<boolean>;
}): Background {
  let isStopped = false;
  let isWoken = false;
  let ring: (() => void) | undefined;
  let failures = 0;

  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!isStopped) {
      isWoken = false;
      let isMore = false;
      try {
        isMore = await options.work();
        failures = 0;
      } catch (error) {
        failures += 1;
        options.logger.warn({ error: messageOf(error), failures }, `${options.name} did not work; it will try again`);
      }
      if (isStopped || isMore) continue;
      if (failures > 0) await wait(Math.min(30_000, 250 * 2 ** failures));
      else if (!isWoken) await wait(options.everyMs);
      ring = undefined;
    }
  };
  const done = loop();
  return {
    wake() {
      isWoken = true;
      if (failures === 0) ring?.();
    },
    async stop() {
      isStopped = true;
      ring?.();
      await done;
    },
  };
}
