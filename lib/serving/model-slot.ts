import { openDigitSession } from "#lib/engine/onnx/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError, messageOf, UnavailableError } from "#lib/platform/errors.ts";
import { getRuntime, makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { getProductionVersion } from "#lib/registry/index.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { createMicroBatcher, type MicroBatcher } from "#lib/serving/micro-batcher.ts";
import type { ServedModel } from "#lib/serving/schemas.ts";

/** A version that is loaded and warm. */
export interface LoadedModel extends ServedModel {
  onnxDigest: string;
  batcher: MicroBatcher;
}

/** One that is in use keeps its session. */
interface Session extends LoadedModel {
  /** Until the returned function is called. */
  hold(): () => void;
  /** Ends the session once nobody uses it. */
  retire(): Promise<void>;
}

/** The Production version of one model in this process. */
export interface ModelSlot {
  /**
   * Does `work` with the version that is in Production now; it stays loaded until the work is over.
   *
   * @throws UnavailableError no version is in Production, or none could be loaded
   */
  use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T>;
  /** Looks what is in Production now, and swaps. Work under way ends on the version that it began with. */
  refresh(): Promise<void>;
}

/** Also without a notification (a lost connection) a change is seen within this time. */
const RECHECK_MS = 5_000;

/** The slot of a model, made on first use. It follows `assay_model` notifications. */
export function modelSlot(ctx: Ctx, modelName: string): ModelSlot {
  const runtime = getRuntime();
  return runtime.singleton(`serving.slot.${ctx.projectId}/${modelName}`, () =>
    createModelSlot(runtime, ctx.projectId, modelName),
  );
}

function createModelSlot(runtime: Runtime, projectId: string, modelName: string): ModelSlot {
  const metrics = servingMetrics(runtime);
  let loaded: Session | undefined;
  let refreshing: Promise<void> | undefined;
  let checkedAt = 0;
  let problem: unknown;

  const notClosed = (error: unknown) => runtime.logger.warn({ error: messageOf(error) }, "old model not closed");

  const load = async (ctx: Ctx): Promise<void> => {
    const version = await getProductionVersion(ctx, { modelName });
    if (version === null || version.onnxDigest === null) {
      const old = loaded;
      loaded = undefined;
      metrics.loadedVersion.remove({ model: modelName });
      old?.retire().catch(notClosed);
      if (version !== null) throw cannotBeServed(version);
      return;
    }
    const { onnxDigest } = version;
    if (loaded !== undefined && loaded.version === version.version && loaded.onnxDigest === onnxDigest) {
      return;
    }
    const session = await openDigitSession(await ctx.blobs.get(onnxDigest));
    const batcher = createMicroBatcher(session.predict, (count) => metrics.batchSize.observe(count));
    const old = loaded;
    loaded = {
      name: modelName,
      version: version.version,
      onnxDigest,
      batcher,
      ...untilUnused(() => batcher.drained().then(() => session.dispose())),
    };
    metrics.loadedVersion.set({ model: modelName }, version.version);
    runtime.logger.info({ model: modelName, version: version.version, was: old?.version }, "model loaded");
    // Not awaited: the old one drains while the new one answers.
    old?.retire().catch(notClosed);
  };

  const refresh = (): Promise<void> => {
    const system = { type: "system", id: "serving", scopes: ["registry:read"] } as const;
    refreshing ??= load(makeCtx(runtime, { actor: system, projectId }))
      .then(
        () => {
          problem = undefined;
        },
        (error) => {
          problem = error;
          runtime.logger.error({ model: modelName, error: messageOf(error) }, "model not loaded");
        },
      )
      .finally(() => {
        checkedAt = Date.now();
        refreshing = undefined;
      });
    return refreshing;
  };

  // A change that arrives while a refresh runs needs another one after it.
  const changed = () => void (refreshing ?? Promise.resolve()).then(refresh);
  runtime.notify.listen("assay_model", changed).then(runtime.onClose, (error) => {
    runtime.logger.warn({ error: messageOf(error) }, "model changes are polled only");
  });
  runtime.onClose(() => loaded?.retire());

  return {
    refresh,
    async use(work) {
      if (loaded === undefined) {
        if (Date.now() - checkedAt > 1_000) await refresh();
      } else if (Date.now() - checkedAt > RECHECK_MS) {
        void refresh();
      }
      if (loaded !== undefined) {
        const release = loaded.hold();
        try {
          return await work(loaded);
        } finally {
          release();
        }
      }
      if (isAppError(problem) && problem.code === NO_ONNX) throw problem;
      if (problem !== undefined) {
        throw new UnavailableError(`The Production version of ${modelName} could not be loaded.`, {
          code: "model_not_loaded",
          retryAfterSeconds: 5,
          cause: problem,
        });
      }
      throw new UnavailableError(
        `No version of ${modelName} is in Production yet. Train one (POST /api/training/strategies/mnist-three-runs, or Runs → New run) and promote it on /models/${modelName}.`,
        { code: "no_model", retryAfterSeconds: 10 },
      );
    },
  };
}

const NO_ONNX = "no_onnx_file";

function cannotBeServed({ version, modelName }: { version: number; modelName: string }): UnavailableError {
  return new UnavailableError(
    `Version ${version} of ${modelName} is in Production, but has no ONNX file: it cannot be served.`,
    { code: NO_ONNX, retryAfterSeconds: 10 },
  );
}

/** Puts `end` off until every hold is released; nobody holds what is being retired anew. */
function untilUnused(end: () => Promise<void>): Pick<Session, "hold" | "retire"> {
  let users = 0;
  let unused: (() => void) | undefined;
  return {
    hold() {
      users += 1;
      return () => {
        users -= 1;
        if (users === 0) unused?.();
      };
    },
    async retire() {
      if (users > 0) await new Promise<void>((resolve) => (unused = resolve));
      await end();
    },
  };
}
