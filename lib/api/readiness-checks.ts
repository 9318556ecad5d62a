import { randomBytes } from "node:crypto";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addReadinessCheck } from "#lib/platform/http/health.ts";
import { getQueues } from "#lib/platform/queue/queues.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { checkDefaultModel } from "#lib/serving/index.ts";
import { exposeTraining } from "#lib/training/metrics.ts";

const LEAST_FREE_BYTES = 200 * 1024 * 1024;

/** What a server needs to be ready: the database, the queue, the disk and the default deployment's model. */
export function addServerChecks(runtime: Runtime): void {
  addReadinessCheck(runtime, "database", async () => {
    const { rows } = await runtime.pool.query<{ version: string }>(
      "SELECT current_setting('server_version') AS version",
    );
    return `PostgreSQL ${rows[0]?.version ?? "of an unknown version"}`;
  });
  exposeTraining(runtime);
  const queues = getQueues(runtime);
  addReadinessCheck(runtime, "queue", async () => {
    await queues.check();
    return queues.backend === "redis" ? "BullMQ on Redis" : "BullMQ on the database";
  });
  addReadinessCheck(runtime, "disk", () => checkDisk(runtime.env.ASSAY_HOME));
  addReadinessCheck(runtime, "model", () =>
    checkDefaultModel(makeCtx(runtime, { actor: { type: "system", id: "health", scopes: [] } })),
  );
}

/** A file can be written, and there is room for the next ones. */
async function checkDisk(home: string): Promise<string> {
  const folder = join(home, "blobs");
  await mkdir(folder, { recursive: true });
  const probe = join(folder, `.probe-${randomBytes(6).toString("hex")}`);
  await writeFile(probe, "x");
  await rm(probe);
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes < LEAST_FREE_BYTES) {
    throw new Error(`only ${Math.floor(freeBytes / 1024 / 1024)} MB are free`);
  }
  return `${(freeBytes / 1024 ** 3).toFixed(1)} GB free`;
}
