import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { createMicroBatcher, type MicroBatcher } from "#lib/serving/micro-batcher.ts";
import type { ServedModel } from "#lib/serving/schemas.ts";

/** Which file of which version. */
interface VersionRef extends ServedModel {
  projectId: string;
  onnxDigest: string;
}

/** A version that is loaded and warm. */
export interface WarmVersion extends ServedModel {
  batcher: MicroBatcher;
}

/** A version that somebody needs: it stays loaded until everybody who keeps it has let go. */
export interface KeptVersion {
  readonly ref: VersionRef;
  /** Undefined while it loads, and when it could not be loaded. */
  readonly warm: WarmVersion | undefined;
  /** Why it could not be loaded. */
  readonly problem: unknown;
  /** Resolves when it is loaded or has failed; never rejects. */
  readonly settled: Promise<void>;
  /** Keeps it once more. */
  hold(): void;
  /** The last one to let go ends its session, after the answers under way. */
  release(): void;
}

/** The versions that are loaded in this process, each once, whoever needs it. */
export interface VersionPool {
  /** Loads the version unless it is there. The caller calls `release` when it is done with it. */
  keep(ref: VersionRef): KeptVersion;
}

export function versionPool(runtime: Runtime): VersionPool {
  return runtime.singleton("serving.versions", () => createVersionPool(runtime));
}

const keyOf = (ref: VersionRef) => [ref.projectId, ref.version, ref.onnxDigest, ref.name].join("/");

function createVersionPool(runtime: Runtime): VersionPool {
  const kept = new Map<string, KeptVersion>();
  const ending = new Set<Promise<void>>();
  runtime.onClose(async () => {
    await Promise.allSettled(ending);
  });

  return {
    keep(ref) {
      const key = keyOf(ref);
      const present = kept.get(key);
      // One that failed is tried anew.
      if (present !== undefined && present.problem === undefined) {
        present.hold();
        return present;
      }
      const made = load(runtime, ref, (end) => {
        if (kept.get(key) === made) kept.delete(key);
        const ended = end()
          .catch((error) => runtime.logger.warn({ error: messageOf(error) }, "old model not closed"))
          .finally(() => ending.delete(ended));
        ending.add(ended);
      });
      kept.set(key, made);
      return made;
    },
  };
}

/** @param retire called once, when nobody keeps it any more, with what ends it */
function load(runtime: Runtime, ref: VersionRef, retire: (end: () => Promise<void>) => void): KeptVersion {
  const metrics = servingMetrics(runtime);
  const { name, version } = ref;
  let keepers = 1;
  let warm: WarmVersion | undefined;
  let problem: unknown;
  let close = async (): Promise<void> => undefined;
  const open = async () => {
    const session = await openDigitSession(await runtime.blobs.get(ref.onnxDigest));
    const batcher = createMicroBatcher(session.predict, (count) => metrics.batchSize.observe(count));
    close = () => batcher.drained().then(() => session.dispose());
    warm = { name, version, batcher };
    metrics.warmVersions.inc();
    runtime.logger.info({ model: name, version }, "model loaded");
  };
  const settled = open().catch((error: unknown) => {
    problem = error;
    runtime.logger.error({ model: name, version, error: messageOf(error) }, "model not loaded");
  });
  return {
    ref,
    settled,
    get warm() {
      return warm;
    },
    get problem() {
      return problem;
    },
    hold() {
      keepers += 1;
    },
    release() {
      keepers -= 1;
      if (keepers > 0) return;
      retire(async () => {
        await settled;
        if (warm !== undefined) metrics.warmVersions.dec();
        warm = undefined;
        await close();
      });
    },
  };
}
