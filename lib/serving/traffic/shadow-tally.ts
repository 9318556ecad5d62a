import { messageOf } from "#lib/platform/errors.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { addShadowCounts, type ShadowCounts, type ShadowKey } from "#lib/serving/store/shadow-counts.ts";

export type ShadowOutcome = keyof ShadowCounts;

/** What shadows did in this process, added to the database's counts behind the replies. */
export interface ShadowTally {
  add(key: ShadowKey, outcome: ShadowOutcome, by: number): void;
  /** Rejects when the database is away; nothing is lost by it. */
  flush(): Promise<void>;
}

const FLUSH_MS = 1_000;

export function shadowTally(runtime: Runtime): ShadowTally {
  return runtime.singleton("serving.shadow-tally", () => createShadowTally(runtime));
}

function createShadowTally(runtime: Runtime): ShadowTally {
  let waiting = new Map<string, ShadowKey & ShadowCounts>();
  let last: Promise<void> = Promise.resolve();

  const add: ShadowTally["add"] = (key, outcome, by) => {
    if (by === 0) return;
    const name = `${key.deploymentId}/${key.generation}/${key.version}`;
    const row = waiting.get(name) ?? { ...key, agreed: 0, differed: 0, failed: 0, shed: 0 };
    row[outcome] += by;
    waiting.set(name, row);
  };
  const write = async (): Promise<void> => {
    const taken = [...waiting.values()];
    if (taken.length === 0) return;
    waiting = new Map();
    try {
      await addShadowCounts(runtime.pool, taken);
    } catch (error) {
      for (const { agreed, differed, failed, shed, ...key } of taken) {
        for (const [outcome, by] of Object.entries({ agreed, differed, failed, shed })) {
          add(key, outcome as ShadowOutcome, by);
        }
      }
      throw error;
    }
  };
  const flush = (): Promise<void> => {
    last = last.catch(() => undefined).then(write);
    return last;
  };
  const tell = (error: unknown) => runtime.logger.warn({ error: messageOf(error) }, "shadows not counted yet");
  const timer = setInterval(() => {
    if (waiting.size > 0) flush().catch(tell);
  }, FLUSH_MS);
  timer.unref();
  runtime.onClose(async () => {
    clearInterval(timer);
    await flush().catch(tell);
  });
  return { add, flush };
}
