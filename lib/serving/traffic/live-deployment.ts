import { isAppError } from "#lib/platform/errors.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { bucketOf } from "#lib/serving/assignment/bucket.ts";
import { pickArm } from "#lib/serving/assignment/pick-arm.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import type { Deployment, RouteRow } from "#lib/serving/store/routes.ts";
import { type Caller, unitOf } from "#lib/serving/traffic/caller.ts";
import { coalesce } from "#lib/serving/traffic/coalesce.ts";
import { nothingAnswers } from "#lib/serving/traffic/nothing-answers.ts";
import { type KnownVersion, resolveTable, type Targets } from "#lib/serving/traffic/resolve-table.ts";
import { type ArmName, PRODUCTION_ONLY, type StickyBy } from "#lib/serving/traffic/schemas.ts";
import { type KeptVersion, versionPool, type WarmVersion } from "#lib/serving/version-pool.ts";

/** A request under way: the table that it began with, whatever comes meanwhile. */
export interface Turn {
  readonly deployment: Deployment;
  readonly generation: number;
  readonly assigned: ArmName;
  readonly stickyBy: StickyBy | null;
  readonly shadows: readonly { share: number; kept: KeptVersion }[];
  /** Does `work` with the version that is to answer; with the champion where a challenger is not loaded or fails. */
  answer<T>(work: (model: WarmVersion) => Promise<T>): Promise<{ value: T; model: WarmVersion; arm: ArmName }>;
}

/** The newest table that was read, whether or not its versions are loaded here. */
export interface KnownTable {
  row: RouteRow;
  targets: Targets;
  /** It was read within the lease; otherwise its champion alone counts. */
  isConfirmed: boolean;
}

/** One deployment in this process. */
export interface LiveDeployment {
  readonly deployment: Deployment;
  readonly known: KnownTable;
  /** Of the table in use; -1 before the first request needs one. */
  readonly generation: number;
  /**
   * Takes what was read at `readAt`, unless it is older than what is in use. The versions are loaded first, then one
   * reference is swapped. Resolves when that is over; never rejects.
   */
  offer(row: RouteRow, readAt: number): Promise<void>;
  /**
   * @param refresh reads anew and offers; asked for where nothing can answer yet
   * @throws UnavailableError no version can answer: `no_model`, `no_onnx_file` or `model_not_loaded`
   */
  use<T>(caller: Caller, refresh: () => Promise<void>, work: (turn: Turn) => Promise<T>): Promise<T>;
  /** Lets go of its versions. */
  close(): void;
}

export interface LiveOptions {
  /** Monotonic, in milliseconds. */
  now(): number;
  /** Unconfirmed for longer, a table's challengers get nothing. */
  leaseMs: number;
}

/** How long a swap waits for challengers and shadows to load: after it their callers get the champion until they are. */
const CHALLENGER_WAIT_MS = 500;
/** A version that could not be loaded is not tried again sooner. */
const RETRY_AFTER_MS = 1_000;
const RETRY_CHALLENGER_MS = 30_000;

/** A table whose versions are kept. */
interface Applied {
  row: RouteRow;
  targets: Targets;
  champion: KeptVersion;
  challengers: { kept: KeptVersion | null }[];
  /** Of the challengers, in their order. */
  weights: number[];
  shadows: { share: number; kept: KeptVersion }[];
}

export function createLiveDeployment(runtime: Runtime, first: RouteRow, options: LiveOptions): LiveDeployment {
  const metrics = servingMetrics(runtime);
  const pool = versionPool(runtime);
  let row = first;
  let applied: Applied | undefined;
  let rowReadAt = Number.NEGATIVE_INFINITY;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let appliedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let problem: unknown;
  let wanted = false;
  let closed = false;

  const labels = () => {
    const { projectId, name, modelName } = row.deployment;
    return { project: projectId, deployment: name, model: modelName };
  };
  const keep = ({ version, onnxDigest }: KnownVersion): KeptVersion | null => {
    const { projectId, modelName } = row.deployment;
    return onnxDigest === null ? null : pool.keep({ projectId, name: modelName, version, onnxDigest });
  };
  const letGo = (table: Applied | undefined) => {
    for (const kept of table === undefined ? [] : keptBy(table)) kept.release();
  };

  const swap = (next: Applied | undefined) => {
    const old = applied;
    applied = next;
    letGo(old);
    if (next === undefined) {
      metrics.loadedVersion.remove(labels());
      return;
    }
    metrics.loadedVersion.set(labels(), next.champion.ref.version);
    metrics.generation.set(labels(), next.row.generation);
  };

  /** Brings `applied` to `row` as it is now. */
  const apply = async (): Promise<void> => {
    const [taken, readAt] = [row, rowReadAt];
    const targets = resolveTable({ ...taken, traffic: taken.entries ?? PRODUCTION_ONLY });
    const triesAgain = options.now() - appliedAt > RETRY_CHALLENGER_MS;
    if (applied !== undefined && isSame(applied, taken, targets) && !(triesAgain && hasFailed(applied))) {
      applied.row = taken;
      confirmedAt = readAt;
      return;
    }
    const champion = targets.champion === null ? null : keep(targets.champion);
    if (champion === null) {
      problem = undefined;
      confirmedAt = readAt;
      swap(undefined);
      return;
    }
    const next: Applied = {
      row: taken,
      targets,
      champion,
      challengers: targets.challengers.map(({ target }) => ({ kept: target && keep(target) })),
      weights: targets.challengers.map(({ weight }) => weight),
      shadows: targets.shadows.flatMap(({ share, target }) => {
        const kept = keep(target);
        return kept === null ? [] : [{ share, kept }];
      }),
    };
    await champion.settled;
    if (champion.warm === undefined || closed) {
      // What serves goes on; unconfirmed, it comes down to its champion alone when the lease is over.
      problem = champion.problem;
      failedAt = options.now();
      letGo(next);
      return;
    }
    await within(CHALLENGER_WAIT_MS, Promise.all(keptBy(next).map(({ settled }) => settled)));
    if (closed) {
      letGo(next);
      return;
    }
    problem = undefined;
    confirmedAt = readAt;
    appliedAt = options.now();
    swap(next);
  };
  // One after another; the last one applies the newest row.
  const applyNewest = coalesce(apply);

  const offer = async (read: RouteRow, readAt: number): Promise<void> => {
    if (read.generation < row.generation) {
      metrics.staleTables.inc();
      runtime.logger.error({ ...labels(), generation: row.generation, read: read.generation }, "a table of the past");
      return;
    }
    row = read;
    rowReadAt = readAt;
    const isTooSoon = applied === undefined && options.now() - failedAt < RETRY_AFTER_MS;
    if (wanted && !closed && !isTooSoon) await applyNewest();
  };

  const begin = (table: Applied, caller: Caller): { turn: Turn; end(): void } => {
    const { deployment, generation, entries } = table.row;
    let challenger: KeptVersion | null = null;
    let stickyBy: StickyBy | null = null;
    let assigned: ArmName = "champion";
    let shadows: Turn["shadows"] = [];
    if (table.challengers.length + table.shadows.length > 0) {
      if (options.now() - confirmedAt > options.leaseMs) {
        metrics.baselineOnly.inc(labels());
      } else {
        shadows = table.shadows;
        if (table.challengers.length > 0) {
          const unit = unitOf(caller);
          stickyBy = unit.by;
          const chosen = table.challengers[pickArm(bucketOf(entries?.salt ?? "", unit.value), table.weights)];
          if (chosen !== undefined) assigned = "challenger";
          challenger = chosen?.kept ?? null;
        }
      }
    }
    const { champion } = table;
    const held = [champion, ...(challenger === null ? [] : [challenger]), ...shadows.map(({ kept }) => kept)];
    for (const kept of held) kept.hold();
    const turn: Turn = {
      ...{ deployment, generation, assigned, stickyBy, shadows },
      async answer(work) {
        if (challenger?.warm !== undefined) {
          const model = challenger.warm;
          try {
            return { value: await work(model), model, arm: "challenger" };
          } catch (error) {
            if (!isAppError(error) || error.code !== "model_failed") throw error;
          }
        }
        const model = champion.warm;
        if (model === undefined) throw new Error("the champion was let go while a request held it");
        return { value: await work(model), model, arm: "champion" };
      },
    };
    return {
      turn,
      end: () => {
        for (const kept of held) kept.release();
      },
    };
  };

  return {
    get deployment() {
      return row.deployment;
    },
    get known() {
      const targets = resolveTable({ ...row, traffic: row.entries ?? PRODUCTION_ONLY });
      return { row, targets, isConfirmed: options.now() - rowReadAt <= options.leaseMs };
    },
    get generation() {
      return applied?.row.generation ?? -1;
    },
    offer,
    async use(caller, refresh, work) {
      if (applied === undefined) {
        wanted = true;
        await refresh();
      }
      if (applied === undefined) throw nothingAnswers(row, problem);
      const { turn, end } = begin(applied, caller);
      try {
        return await work(turn);
      } finally {
        end();
      }
    },
    close() {
      closed = true;
      metrics.generation.remove(labels());
      swap(undefined);
    },
  };
}

function keptBy({ champion, challengers, shadows }: Applied): KeptVersion[] {
  return [champion, ...[...challengers, ...shadows].flatMap(({ kept }) => (kept === null ? [] : [kept]))];
}

function hasFailed(applied: Applied): boolean {
  return keptBy(applied).some(({ problem }) => problem !== undefined);
}

function isSame(applied: Applied, row: RouteRow, targets: Targets): boolean {
  return applied.row.generation === row.generation && JSON.stringify(applied.targets) === JSON.stringify(targets);
}

/** Resolves with the work, or when the time is up. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
