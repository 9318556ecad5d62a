import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Actor } from "#lib/platform/ctx.ts";
import { BaseEnv, parseEnv } from "#lib/platform/env.ts";
import { closeRuntime, makeCtx, openRuntime } from "#lib/platform/runtime.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { seedDigits, smallRun } from "#lib/training/testing/seed-digits.ts";
import { trainUnderKills } from "#workers/testing/train-under-kills.ts";
import { migrateDatabase } from "../scripts/lib/migrate.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";

/**
 * `npm run soak:kills`: trains runs and kills their worker with SIGKILL at random moments. Prints one line a run; ends with
 * code 1 when an epoch was lost or logged twice, a run did not finish, its model is not that of the unbroken run, or a
 * training child lived on.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    kills: { type: "string", default: "6" },
    epochs: { type: "string", default: "12" },
    images: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
  },
});
const [runs, kills, epochs, images] = [values.runs, values.kills, values.epochs, values.images].map(Number);
const SCOPES = ["tracking:read", "tracking:write", "training:write", "datasets:read", "datasets:write"];
const ACTOR: Actor = { type: "system", id: "soak", scopes: SCOPES };

let state = Number(values.seed) >>> 0;
/** 0..1, the same row for the same `--seed`. */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const home = await mkdtemp(join(tmpdir(), "assay-soak-"));
const postgres = await startPostgres({ home, durable: false });
let faults = 0;
try {
  await migrateDatabase({ url: postgres.urls.owner });
  const env = {
    DATABASE_URL: postgres.urls.app,
    ASSAY_HOME: join(home, "home"),
    ASSAY_CACHE: join(home, "cache"),
    ASSAY_LOG_LEVEL: "error",
    ASSAY_ENGINES: "wasm",
  };
  const ctx = makeCtx(openRuntime(parseEnv(BaseEnv, env), { name: "soak" }), { actor: ACTOR });
  await seedDigits(ctx, { train: images ?? 2_000, test: 500 });
  const input = smallRun({ epochs: epochs ?? 12, architecture: "enhanced", batchSize: 64, metricsEveryBatches: 5 });
  const train = async (count: number) => {
    const { runId } = await submitRun(ctx, input);
    return trainUnderKills(ctx, {
      runId,
      kills: count,
      env,
      pauseMs: () => Math.round(random() ** 2 * 8_000),
      timeoutMs: 30 * 60_000,
    });
  };

  const unbroken = await train(0);
  const wanted = JSON.stringify([unbroken.epochs, unbroken.losses, unbroken.run.evaluation]);
  console.log(`unbroken: ${unbroken.run.status}, ${unbroken.epochs.length} epochs`);
  for (let run = 1; run <= (runs ?? 5); run++) {
    const result = await train(kills ?? 6);
    const isSame = JSON.stringify([result.epochs, result.losses, result.run.evaluation]) === wanted;
    const isGood = result.run.status === "FINISHED" && isSame && result.orphans.length === 0;
    faults += isGood ? 0 : 1;
    const slowest = Math.max(0, ...result.recoveryMs);
    console.log(
      `run ${run}: ${result.run.status}, ${result.kills} kills, ${result.run.training?.attempt} attempts, epochs ${result.epochs.join(" ")}, ` +
        `same model ${isSame}, slowest recovery ${(slowest / 1000).toFixed(1)} s, orphans ${result.orphans.length}`,
    );
  }
} finally {
  await closeRuntime();
  await postgres.destroy();
  await rm(home, { recursive: true, force: true });
}
console.log(faults === 0 ? "no fault" : `${faults} runs with faults`);
process.exit(faults === 0 ? 0 : 1);
