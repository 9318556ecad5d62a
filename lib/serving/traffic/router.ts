import { messageOf, UnavailableError } from "#lib/platform/errors.ts";
import { getRuntime, type Runtime } from "#lib/platform/runtime.ts";
import { selectRoutes } from "#lib/serving/store/routes.ts";
import { coalesce } from "#lib/serving/traffic/coalesce.ts";
import { createLiveDeployment, type LiveDeployment, type LiveOptions } from "#lib/serving/traffic/live-deployment.ts";
import { versionPool } from "#lib/serving/version-pool.ts";

/** The deployments of this process, each with the newest traffic table that it read. */
export interface TrafficRouter {
  /**
   * A deployment by its name, or the project's default one; null: there is none.
   *
   * @throws UnavailableError it is not known, and the database cannot be asked
   */
  find(projectId: string, name: string | undefined): Promise<LiveDeployment | null>;
  /** Reads everything anew, after this call began, and applies it. Never rejects. */
  refresh(): Promise<void>;
}

/** The truth: without a notification (a lost connection) a change is seen within this time. */
const POLL_MS = 2_000;
const LEASE_MS = 30_000;

/** The process's router, made on first use. */
export function trafficRouter(): TrafficRouter {
  const runtime = getRuntime();
  return runtime.singleton("serving.router", () => createTrafficRouter(runtime));
}

const DEFAULT = "/default";

export function createTrafficRouter(runtime: Runtime, given: Partial<LiveOptions> = {}): TrafficRouter {
  // Before this closes: the pool outlives what lets go of its versions.
  versionPool(runtime);
  const options: LiveOptions = { now: () => performance.now(), leaseMs: LEASE_MS, ...given };
  /** By `<project>/<name>`, and by `<project>//default`. */
  let byName = new Map<string, LiveDeployment>();
  let byId = new Map<string, LiveDeployment>();
  /** What the last reading led to. */
  let offers: Promise<void>[] = [];
  let problem: unknown;
  let isClosed = false;

  const read = async (): Promise<void> => {
    const readAt = options.now();
    const rows = await selectRoutes(runtime.pool);
    const ids = new Map<string, LiveDeployment>();
    const names = new Map<string, LiveDeployment>();
    const made: Promise<void>[] = [];
    for (const row of rows) {
      const { id, projectId, name, isDefault } = row.deployment;
      const live = byId.get(id) ?? createLiveDeployment(runtime, row, options);
      made.push(live.offer(row, readAt));
      ids.set(id, live);
      names.set(`${projectId}/${name}`, live);
      if (isDefault) names.set(`${projectId}/${DEFAULT}`, live);
    }
    const gone = [...byId].filter(([id]) => !ids.has(id));
    byId = ids;
    byName = names;
    for (const [, live] of gone) live.close();
    problem = undefined;
    offers = made;
  };

  const readOnce = coalesce(() =>
    read().catch((error) => {
      problem = error;
      runtime.logger.warn({ error: messageOf(error) }, "traffic tables not read");
    }),
  );
  const refresh = async (): Promise<void> => {
    if (isClosed) return;
    await readOnce();
    // Not part of the reading: one model that loads slowly must not keep the others from their news.
    await Promise.all(offers);
  };

  const timer = setInterval(() => void refresh(), POLL_MS);
  timer.unref();
  runtime.onClose(async () => {
    clearInterval(timer);
    await readOnce();
    isClosed = true;
    for (const live of byId.values()) live.close();
  });
  for (const channel of ["assay_traffic", "assay_model"] as const) {
    runtime.notify
      .listen(channel, () => void refresh())
      .then(runtime.onClose, (error) => {
        runtime.logger.warn({ error: messageOf(error), channel }, "changes are polled only");
      });
  }

  return {
    refresh,
    async find(projectId, name = DEFAULT) {
      const key = `${projectId}/${name}`;
      const known = byName.get(key);
      if (known !== undefined) return known;
      await refresh();
      if (problem !== undefined) {
        throw new UnavailableError("The deployments cannot be read now.", { retryAfterSeconds: 5, cause: problem });
      }
      return byName.get(key) ?? null;
    },
  };
}
