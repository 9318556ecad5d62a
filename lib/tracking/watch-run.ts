import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { NotifyHub } from "#lib/platform/notify.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { toSeriesPoint } from "#lib/tracking/metric-value.ts";
import { readSeries } from "#lib/tracking/read-series.ts";
import type { PointsEvent, RunEvent, SeriesPoint } from "#lib/tracking/schemas.ts";
import { selectEntries } from "#lib/tracking/store/entries.ts";
import type { SeriesRow } from "#lib/tracking/store/metric-series.ts";
import { type LatestRow, selectLatest } from "#lib/tracking/store/metrics.ts";
import { type RunRow, runHead } from "#lib/tracking/store/runs.ts";

/** `id` is what a client sends back as `since` to go on after a break. */
export type RunWatchEvent =
  | { event: "run"; data: RunEvent }
  | { event: "reset"; data: Record<string, never> }
  | { event: "points"; data: PointsEvent; id: string };

export interface WatchRunInput {
  runId: string;
  /** Unix milliseconds: points from then on are sent first. Absent: every point. */
  since?: number | undefined;
  hub: NotifyHub;
  /** Awaited, so that a slow reader holds the next read back. */
  send: (event: RunWatchEvent) => Promise<void> | void;
  signal: AbortSignal;
  /** Reads again this often even if no hint came. Default 5,000. */
  pollMs?: number;
}

/** Hints come in bursts; one read serves those of a quarter of a second. */
const GATHER_MS = 250;

/** Of a series in one read, such as the first of a run that is long already. */
const MOST_POINTS = 4_000;

/**
 * Follows a run until `signal` aborts: its state first and whenever it changes, and its new points. NOTIFY is only the
 * hint to read; what is sent is read from the tables, by key and step. Points may come twice across a reconnect: a client
 * merges by (key, step). `reset`: the run was retried from nothing, so what was drawn so far is void.
 *
 * @throws NotFoundError no such run in the project
 */
export async function watchRun(ctx: Ctx, input: WatchRunInput): Promise<void> {
  requireScope(ctx, "tracking:read");
  await findRun(ctx, input.runId);
  const waker = createWaker(input.signal);
  const stop = await input.hub.listen("assay_run", (payload) => {
    if (payload === "" || payload === input.runId) waker.wake();
  });
  const follower = createFollower(ctx, input);
  try {
    while (!input.signal.aborted) {
      for (const event of await follower.read()) {
        if (input.signal.aborted) return;
        await input.send(event);
      }
      await waker.sleep(GATHER_MS, input.pollMs ?? 5_000);
    }
  } finally {
    stop();
  }
}

/** Reads what is new since the read before; what is longer than a drawing shows is thinned. */
function createFollower(ctx: Ctx, input: WatchRunInput): { read(): Promise<RunWatchEvent[]> } {
  /** By key: the newest point as last seen, and the last that was sent, by time. */
  const seen = new Map<string, { newest: LatestRow; sent: SeriesRow }>();
  let state = "";
  let isFirst = true;

  const readPoints = async (run: RunRow): Promise<RunWatchEvent[]> => {
    const latest = (await selectLatest(ctx, [run.no], null)).get(run.no) ?? [];
    const events: RunWatchEvent[] = [];
    const steps = new Map(latest.map((row) => [row.key, row.step]));
    const isVoid = [...seen].some(([key, { newest }]) => (steps.get(key) ?? Number.NEGATIVE_INFINITY) < newest.step);
    if (isVoid) {
      seen.clear();
      events.push({ event: "reset", data: {} });
    }
    const points: Record<string, SeriesPoint[]> = {};
    const since = isFirst ? input.since : undefined;
    isFirst = false;
    for (const row of latest) {
      const last = seen.get(row.key);
      if (last !== undefined && isSame(last.newest, row)) continue;
      const window = { fromAt: last?.sent.at ?? since };
      const read = await readSeries(ctx, { runNo: run.no, keys: [row.key], maxPoints: MOST_POINTS, window });
      const found = read.get(row.key)?.points ?? [];
      const fresh = last === undefined ? found : found.filter((point) => isLater(point, last.sent));
      // The newest by step may be an older one by time.
      if (last !== undefined && !fresh.some((point) => isSame(point, row))) fresh.push(row);
      const sent = fresh.reduce((a, b) => (isLater(b, a) ? b : a), last?.sent ?? fresh[0] ?? row);
      seen.set(row.key, { newest: row, sent });
      if (fresh.length > 0) points[row.key] = fresh.map(toSeriesPoint);
    }
    if (Object.keys(points).length > 0) {
      events.push({ event: "points", data: { points }, id: String(Math.max(...latest.map((row) => row.at))) });
    }
    return events;
  };

  return {
    async read() {
      const run = await findRun(ctx, input.runId);
      const tags = (await selectEntries(ctx, "run_tag", [run.id], null)).get(run.id) ?? {};
      const { id, status, startedAt, endedAt, error } = runHead(run);
      const data: RunEvent = { id, status, startedAt, endedAt, error, tags };
      const points = await readPoints(run);
      const isNews = JSON.stringify(data) !== state;
      state = JSON.stringify(data);
      // Points before the state, so that a FINISHED run is seen with its last point.
      return isNews ? [...points, { event: "run", data }] : points;
    },
  };
}

function isSame(a: SeriesRow, b: SeriesRow): boolean {
  return a.step === b.step && a.at === b.at && Object.is(a.value, b.value);
}

/** In the order of histories: time, then step, then value, NaN above all. */
function isLater(a: SeriesRow, b: SeriesRow): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.step !== b.step) return a.step > b.step;
  return a.value > b.value || (Number.isNaN(a.value) && !Number.isNaN(b.value));
}

function createWaker(signal: AbortSignal) {
  let isDue = false;
  let ring: (() => void) | undefined;
  const wake = () => {
    isDue = true;
    ring?.();
  };
  signal.addEventListener("abort", wake, { once: true });
  return {
    wake,
    /** Until a hint (then `gatherMs` more, for its burst) or for `mostMs`. */
    async sleep(gatherMs: number, mostMs: number): Promise<void> {
      if (!isDue && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, mostMs);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        ring = undefined;
      }
      if (isDue && !signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, gatherMs));
      }
      isDue = false;
    },
  };
}
