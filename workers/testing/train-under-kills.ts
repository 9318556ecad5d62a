import { setTimeout as sleep } from "node:timers/promises";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";
import { childrenOf, isRunning, spawnWorker, type WorkerProcess } from "#workers/testing/worker-process.ts";

export interface UnderKills {
  run: TrainedRun;
  /** Steps of the series `loss`, as stored: 1, 2, … each once if nothing was lost or doubled. */
  epochs: number[];
  /** Values of `loss` by epoch. */
  losses: (number | string)[];
  kills: number;
  /** From each kill to the first sign of life of the next attempt. */
  recoveryMs: number[];
  /** Training children that outlived their worker by more than 20 s (they end by themselves when its channel closes). */
  orphans: number[];
}

/**
 * Watches a submitted run and kills its worker (SIGKILL) `kills` times while it trains, starting another each time.
 * `pause` says how long to let it train after it has taken the run up.
 */
export async function trainUnderKills(
  ctx: Ctx,
  input: {
    runId: string;
    kills: number;
    env: Record<string, string | undefined>;
    pauseMs: (kill: number) => number;
    timeoutMs: number;
  },
): Promise<UnderKills> {
  const deadline = Date.now() + input.timeoutMs;
  const recoveryMs: number[] = [];
  const ends: Promise<number | undefined>[] = [];
  let worker: WorkerProcess = spawnWorker(input.env);
  let killedAt: number | undefined;
  let attempt = 0;
  let kills = 0;

  const read = () => getTrainedRun(ctx, { id: input.runId });
  try {
    for (;;) {
      if (Date.now() > deadline) {
        throw new Error(`not over after ${input.timeoutMs} ms\n${worker.output()}`);
      }
      const run = await read();
      const now = run.training?.attempt ?? 0;
      if (run.status !== "QUEUED" && run.status !== "RUNNING") break;
      if (run.status === "RUNNING" && now > attempt) {
        attempt = now;
        if (killedAt !== undefined) recoveryMs.push(Date.now() - killedAt);
        if (kills < input.kills) {
          await sleep(input.pauseMs(kills));
          const children = await childrenOf(worker.pid);
          worker.kill("SIGKILL");
          killedAt = Date.now();
          await worker.exited;
          kills += 1;
          worker = spawnWorker(input.env);
          ends.push(...children.map((child) => endsWithin(child, 20_000)));
        }
      }
      await sleep(50);
    }
  } finally {
    worker.kill("SIGTERM");
    await worker.exited;
  }
  const [loss] = await getMetricHistory(ctx, { runId: input.runId, keys: ["loss"], maxPoints: 20_000 });
  return {
    run: await read(),
    epochs: loss?.points.map(([step]) => step) ?? [],
    losses: loss?.points.map(([, , value]) => value) ?? [],
    kills,
    recoveryMs,
    orphans: (await Promise.all(ends)).filter((pid) => pid !== undefined),
  };
}

/** The process's number if it still runs after `patienceMs`. */
async function endsWithin(pid: number, patienceMs: number): Promise<number | undefined> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (!(await isRunning(pid))) return undefined;
    await sleep(200);
  }
  return pid;
}
