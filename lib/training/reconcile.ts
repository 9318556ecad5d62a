import { readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { emit } from "#lib/platform/outbox.ts";
import { setRunStatus } from "#lib/tracking/index.ts";
import { workFolder } from "#lib/training/execute-run.ts";
import { SILENCE_MS } from "#lib/training/liveness.ts";
import { releaseJob, selectByWorker, selectJob, selectNeglected, selectSettled } from "#lib/training/store/jobs.ts";

/** A run that some worker should have, and when asked for twice is asked for once (see `executeRunJobId`). */
export interface NeglectedRun {
  projectId: string;
  runId: string;
  attempt: number;
}

/**
 * Runs that wait, or whose worker has been silent for {@link SILENCE_MS}. The caller puts each in the queue again: if the
 * queue still has it nothing changes, and if the queue lost it, it is found here. So no run stays stuck.
 */
export async function findNeglectedRuns(ctx: Ctx): Promise<NeglectedRun[]> {
  return selectNeglected(ctx, new Date(ctx.clock.now().getTime() - SILENCE_MS));
}

/**
 * Hands back what died with an earlier worker of this machine, so that it need not wait out the silence: workers whose
 * process is gone, or whose process number is ours now.
 *
 * @returns how many runs went back to the queue
 */
export async function releaseDeadWorkers(ctx: Ctx, input: { workerId: string }): Promise<number> {
  const candidates = await selectByWorker(ctx, `${hostname()}/`);
  const dead = candidates.filter(({ workerId }) => workerId !== input.workerId && !isRunning(workerId));
  let released = 0;
  for (const { projectId, runId, workerId } of dead) {
    await withTransaction({ ...ctx, projectId }, async (tx) => {
      const job = await selectJob(tx, runId, { lock: true });
      if (job?.status !== "RUNNING" || job.workerId !== workerId) {
        return;
      }
      await releaseJob(tx, runId, { fence: false });
      await setRunStatus(tx, { runId, to: "QUEUED" });
      await emit(tx, "run.queued", { projectId, runId, attempt: job.attempt, failures: 0 });
      released += 1;
    });
  }
  return released;
}

/** A worker's name: where it runs, as which process, and a part of its own. */
export function newWorkerId(nonce: string): string {
  return `${hostname()}/${process.pid}/${nonce}`;
}

function isRunning(workerId: string): boolean {
  const pid = Number(workerId.split("/").at(-2));
  // Our own number under another name: the process before us in this container had it.
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || isZombie(pid)) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Ended, but not collected by its parent: signals still reach it. Told by Linux only. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}

/** Removes the work folders of runs that are finished, deleted or unknown. */
export async function sweepWorkFolders(ctx: Ctx, input: { home: string }): Promise<void> {
  const names = await readdir(workFolder(input.home)).catch(() => []);
  const runIds = names.filter((name) => /^[0-9a-f]{32}$/.test(name));
  if (runIds.length === 0) {
    return;
  }
  for (const runId of await selectSettled(ctx, runIds)) {
    await rm(workFolder(input.home, runId), { recursive: true, force: true });
  }
}
